using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Server.Access;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Json;
using Ashlar.Server.Streaming;
using Microsoft.AspNetCore.Http;
using System.Text;

namespace Ashlar.Server.Tests.Answers;

/// <summary>What a model that calls tools would say, told by a format as the server tells it.</summary>
internal static class ScriptedAnswer
{
    private const string Template = "{{ messages }}{{ tools }}<think></think><tool_call></tool_call>";

    /// <summary>A model's output in pieces of one character: thought, text, and two calls.</summary>
    public const string Calls =
        "<think>\nHm.\n</think>\n\nI look.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Jena\", \"days\": [1, 2]}}\n</tool_call>\n"
        + "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";

    /// <summary>An output that the token limit has cut off in a call.</summary>
    public const string CutOff = "I look.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Je";

    /// <summary>Tells an output by a format: whole, or as a stream.</summary>
    public static async Task<string> TellAsync(
        InferenceEngine engine, AnswerFormat format, string output, bool isStreamed, FinishReason reason = FinishReason.Stop)
    {
        var tally = new RequestTally { PromptTokens = 7 };
        var answer = new Answer($"{format.IdPrefix}0123456789abcdef", DateTimeOffset.UnixEpoch, "m", 1, tally);
        var dialect = ChatDialect.Of(Template);
        var planned = new PlannedChoice(new() { PromptTokens = new int[7] })
        {
            CreateParser = () => dialect.CreateParser([new("weather"), new("now")], random: new Random(1)),
        };
        var reader = new ChoiceReader(new HostedModel(new(engine), engine, new()), planned, 0);
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        using var stream = new ResponseStream(context.Response, format.StreamType);
        var pieces = new List<AnswerPiece>();
        for (var i = 0; i <= output.Length; i++)
        {
            var update = i < output.Length ? Update($"{output[i]}") : Update("") with
            {
                FinishReason = reason,
                Usage = new(7, output.Length + 1, 2),
                Timings = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)),
            };
            tally.Add(update);
            reader.Read(update, pieces);
            foreach (var piece in pieces)
            {
                answer.Add(piece);
                if (isStreamed) format.WritePiece(stream, answer, piece);
            }

            pieces.Clear();
        }

        answer.ReasoningTokens = reader.ReasoningTokens;
        format.Complete(answer);
        if (!isStreamed) return Encoding.UTF8.GetString(JsonOutput.ToBytes(json => format.WriteWhole(json, answer)).Span);
        format.WriteClosing(stream, answer);
        await stream.SendAsync();
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static GenerationUpdate Update(string text) => new() { Tokens = new int[] { 1 }, Text = text };
}
