using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Answers;

/// <summary>Logs prompts and answers, where the server's owner asked for it. Escaped, so that no text forges lines.</summary>
internal static partial class ContentLog
{
    /// <summary>Logs every prompt of a request, special tokens and all.</summary>
    public static void Prompts(ILogger logger, string id, GenerationJob job)
    {
        foreach (var choice in job.Choices)
        {
            var prompt = job.Model.Engine.Model.Tokenizer?.Decode(choice.Request.PromptTokens.Span)
                ?? string.Join(' ', choice.Request.PromptTokens.ToArray());
            logger.Prompted(id, Escape(prompt));
        }
    }

    /// <summary>Logs every choice of an answer.</summary>
    public static void Answers(ILogger logger, Answer answer)
    {
        foreach (var choice in answer.Choices)
        {
            var calls = choice.Calls.Select(static call => $"{call.CallName}({call.Content})");
            logger.Generated(answer.Id, Escape(string.Join(' ', [choice.Reasoning, choice.Text, .. calls]).Trim()));
        }
    }

    private static string Escape(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();

    [LoggerMessage(3, LogLevel.Information, "{Id} is asked: {Prompt}")]
    private static partial void Prompted(this ILogger logger, string id, string prompt);

    [LoggerMessage(4, LogLevel.Information, "{Id} answers: {Answer}")]
    private static partial void Generated(this ILogger logger, string id, string answer);
}
