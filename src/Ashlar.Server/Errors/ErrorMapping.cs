using Ashlar.Engine;
using Ashlar.Engine.Grammars;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Errors;

/// <summary>Turns what was thrown while a request was served into what its sender is told.</summary>
internal static class ErrorMapping
{
    private const int BusyRetrySeconds = 1;

    /// <summary>The error to answer with. What is nobody's request's fault says nothing of the server's inside.</summary>
    public static ApiError ToApiError(this Exception exception) => exception switch
    {
        ApiException api => api.Error,
        PromptTooLongException tooLong => ContextExceeded(tooLong),
        UnknownAdapterException unknown => new(404, ApiError.InvalidRequest, "model_not_found", unknown.Message, "model"),
        AdapterRefusedException refused => ApiError.Field(null, "adapter_refused", refused.Message),
        GrammarException grammar => GrammarRefused(grammar, null),
        EngineBusyException busy =>
            new(503, ApiError.ServerError, "queue_full", busy.Message) { RetryAfterSeconds = BusyRetrySeconds },
        RequestTimedOutException late => new(504, ApiError.ServerError, "request_timed_out", late.Message),
        EngineFailedException failed => new(503, ApiError.ServerError, "engine_failed", failed.Message),
        ObjectDisposedException => ShuttingDown,
        BadHttpRequestException http => FromHttp(http),
        NotFiniteNumberException numbers => new(500, ApiError.ServerError, "no_valid_token", numbers.Message),
        _ => new(500, ApiError.ServerError, "internal_error", "the server failed to answer; its log has the cause"),
    };

    /// <summary>The server was asked to end before the request was done.</summary>
    public static ApiError ShuttingDown { get; } = new(
        503, ApiError.ServerError, "server_shutting_down", "the server is shutting down; send the request again")
    {
        RetryAfterSeconds = BusyRetrySeconds,
    };

    /// <summary>A grammar is wrong, impossible, too large, or beyond what is supported.</summary>
    /// <param name="grammar">What is wrong with it.</param>
    /// <param name="param">The field that it comes from.</param>
    public static ApiError GrammarRefused(GrammarException grammar, string? param) => ApiError.Field(
        param, "invalid_grammar", $"the output cannot be held to this format: {grammar.Message}");

    private static ApiError ContextExceeded(PromptTooLongException tooLong) => ApiError.Field(
        null,
        "context_length_exceeded",
        $"the context of this model holds {tooLong.ContextLength} tokens, and the prompt has {tooLong.PromptTokens}; shorten it");

    private static ApiError FromHttp(BadHttpRequestException http) => http.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new(
            413,
            ApiError.InvalidRequest,
            "request_too_large",
            "the body is larger than this server takes; send less, or start it with a higher limit"),
        StatusCodes.Status408RequestTimeout => new(
            408, ApiError.InvalidRequest, "request_timeout", "the body came too slowly or not at all; send it again"),
        var status => new(status, ApiError.InvalidRequest, "bad_request", http.Message),
    };
}
