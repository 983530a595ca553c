using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Hosting;

/// <summary>What the server logs. Never a prompt, an answer or a key.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Method} {Path} {Status} in {Milliseconds:F1} ms, {PromptTokens} tokens in, {GeneratedTokens} out, id {RequestId}")]
    public static partial void Answered(
        this ILogger logger, string method, string path, int status, double milliseconds, int promptTokens, int generatedTokens,
        string requestId);

    [LoggerMessage(2, LogLevel.Error, "the server failed to answer {Path}")]
    public static partial void Failed(this ILogger logger, Exception exception, string path);
}
