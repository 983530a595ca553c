namespace Ashlar.Server.Errors;

/// <summary>
/// What a client is told when a request fails: OpenAI's error object and the HTTP status that goes with it.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The family of the error, as <see cref="InvalidRequest"/>.</param>
/// <param name="Code">What went wrong, for programs; OpenAI's own word where it has one.</param>
/// <param name="Message">What went wrong and the mend, for people.</param>
/// <param name="Param">The path of the field that is at fault, as <c>messages[0].content</c>.</param>
internal sealed record ApiError(int Status, string Type, string? Code, string Message, string? Param = null)
{
    public const string InvalidRequest = "invalid_request_error";
    public const string ServerError = "server_error";

    /// <summary>Seconds after which the client may try again.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A field of the request is wrong.</summary>
    public static ApiError Field(string? param, string code, string message) => new(400, InvalidRequest, code, message, param);
}
