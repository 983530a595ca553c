using System.Globalization;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Routing;
using Ashlar.Server.Streaming;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Hosting;

/// <summary>
/// What every request goes through: it is tied to the server's end as to its client's, let in, routed, and whatever is thrown
/// meanwhile becomes an answer and a line of the log.
/// </summary>
internal sealed class Pipeline(
    Router router, ApiKeys keys, CallerLimits limits, CrossOrigin origins, ServerLifetime lifetime, TimeProvider clock,
        ILogger logger)
{
    private const int ClientClosedRequest = 499; // nginx's number for an answer that nobody waits for

    // What was said of the request stays when an error takes the answer's place.
    private static readonly string[] Lasting =
        ["Allow", "WWW-Authenticate", "Connection", "Vary", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers",
            "x-ratelimit-"];

    public async Task InvokeAsync(HttpContext context)
    {
        var arrived = clock.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.GraceEnded);
        var client = context.RequestAborted;
        context.RequestAborted = ended.Token;

        lifetime.Enter();
        int status;
        try
        {
            status = await AnswerAsync(context, client).ConfigureAwait(false);
        }
        finally
        {
            lifetime.Leave();
        }

        lifetime.Watch();
        var tally = RequestTally.Of(context);
        if (context.Features.Get<Caller>() is { } caller) limits.Charge(caller, tally);
        logger.Answered(
            context.Request.Method,
            context.Request.Path.ToUriComponent(), // escaped, so that no path forges lines
            status,
            clock.GetElapsedTime(arrived).TotalMilliseconds,
            tally.Usage.PromptTokens,
            tally.GeneratedTokens);
    }

    /// <summary>Answers, and tells the status to log.</summary>
    private async Task<int> AnswerAsync(HttpContext context, CancellationToken client)
    {
        try
        {
            if (origins.Answer(context)) return context.Response.StatusCode;
            await InvokeRouteAsync(context).ConfigureAwait(false);
            return context.Response.StatusCode;
        }
        catch (Exception) when (client.IsCancellationRequested)
        {
            return ClientClosedRequest;
        }
        catch (OperationCanceledException) when (!lifetime.GraceEnded.IsCancellationRequested)
        {
            return ClientClosedRequest; // a write found the client gone before the connection told so
        }
        catch (ConnectionResetException)
        {
            return ClientClosedRequest; // so did a read, of a body that will not come
        }
        catch (Exception exception)
        {
            var error = exception is OperationCanceledException ? ErrorMapping.ShuttingDown : exception.ToApiError();
            if (error.Status == 500 || exception is EngineFailedException)
            {
                logger.Failed(exception, context.Request.Path.ToUriComponent());
            }

            await TellAsync(context, error, client).ConfigureAwait(false);
            return error.Status;
        }
    }

    private async Task InvokeRouteAsync(HttpContext context)
    {
        var match = router.Find(context.Request.Method, context.Request.Path.Value ?? "");
        if (match.Route is not { IsOpen: true })
        {
            var caller = keys.Require(context);
            context.Features.Set(caller);
            limits.Admit(caller, context);
        }

        if (lifetime.IsDraining && match.Route is not { AnswersWhileDraining: true })
        {
            context.Response.Headers.Connection = "close";
            throw new ApiException(ErrorMapping.ShuttingDown);
        }

        await match.InvokeAsync(context).ConfigureAwait(false);
    }

    /// <summary>
    /// Tells the client of an error: by the status, or if the answer has begun already, by an event that ends it.
    /// </summary>
    private static async Task TellAsync(HttpContext context, ApiError error, CancellationToken client)
    {
        var response = context.Response;
        try
        {
            if (!response.HasStarted)
            {
                Clear(response);
                if (error.RetryAfterSeconds is { } seconds)
                {
                    response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                var write = ErrorFormat.Of(context.Request.Path.Value ?? "");
                await JsonOutput.WriteAsync(context, error.Status, json => write(json, error), client).ConfigureAwait(false);
            }
            else if (StreamedAnswer.Of(context) is { } streamed)
            {
                await streamed.FailAsync(error).ConfigureAwait(false);
            }
            else
            {
                context.Abort(); // half an object can only be told by a broken connection
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // There is nobody left to tell.
        }
    }

    private static void Clear(HttpResponse response)
    {
        var kept = response.Headers
            .Where(static header => Lasting.Any(name => header.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        response.Clear();
        foreach (var (name, value) in kept) response.Headers[name] = value;
    }
}
