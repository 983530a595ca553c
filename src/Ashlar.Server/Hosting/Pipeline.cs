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
internal sealed class Pipeline(Router router, ApiKeys keys, ServerLifetime lifetime, TimeProvider clock, ILogger logger)
{
    private const int ClientClosedRequest = 499; // nginx's number for an answer that nobody waits for

    public async Task InvokeAsync(HttpContext context)
    {
        var arrived = clock.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.GraceEnded);
        var client = context.RequestAborted;
        context.RequestAborted = ended.Token;

        var status = await AnswerAsync(context, client).ConfigureAwait(false);
        lifetime.Watch();
        var tally = RequestTally.Of(context);
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
            var route = router.Find(context.Request.Path.Value ?? "");
            if (route is not { IsOpen: true }) keys.Require(context);
            await Router.InvokeAsync(route, context).ConfigureAwait(false);
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
                var (allow, authenticate) = (response.Headers.Allow, response.Headers.WWWAuthenticate);
                response.Clear();
                (response.Headers.Allow, response.Headers.WWWAuthenticate) = (allow, authenticate);
                if (error.RetryAfterSeconds is { } seconds)
                {
                    response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                await JsonOutput.WriteAsync(
                    context, error.Status, json => JsonOutput.WriteError(json, error), client).ConfigureAwait(false);
            }
            else if (ServerSentEvents.IsUsedBy(response))
            {
                using var events = new ServerSentEvents(response);
                events.Write(error, JsonOutput.WriteError);
                await events.SendAsync(client).ConfigureAwait(false);
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
}
