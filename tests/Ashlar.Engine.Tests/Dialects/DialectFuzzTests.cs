using System.Text.Json;
using Ashlar.Engine.Dialects;

namespace Ashlar.Engine.Tests.Dialects;

public class DialectFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Json =
    [
        "{", "}", "[", "]", "\"", ":", ",", ";", " ", "\n", "\"name\"", "\"arguments\"", "\"parameters\"", ": \"add\"",
        "{\"a\": 1}",
        "{\"name\": \"add\", \"arguments\": {\"a\": \"x\"}}", "add", "find", "function", "```json\n", "```", "\\u00e9",
        "\\", "1", "null",
        "text", "<", "to=functions.add", "functions.add:0", "\ud83d\ude00", "'", "analysis", "assistant", ">", "</", "q",
    ];

    private static readonly string[] Templates =
    [
        "<tool_call> <think>", "<|python_tag|>", "json", "[TOOL_CALLS] [THINK]", "<｜tool▁calls▁begin｜> <think>",
        "<|tool_calls_section_begin|>", "<|tool_call|> <think> <response>", "<|tool_call|> <|/tool_call|>", "functools[",
        "<|START_ACTION|> <|START_THINKING|>", "<function= <think>", "<arg_key> <think>", "<minimax:tool_call> <think>",
        "<|channel|>",
        "<tool_call> Here is my thought process: Here is my response:",
    ];

    [Fact]
    public void Every_cut_of_any_text_means_the_same_and_arguments_are_json()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var calls = 0;
        for (var round = 0; round < 3000; round++)
        {
            var dialect = ChatDialect.Of(Templates[round % Templates.Length]);
            string[] vocabulary = [.. Json, .. dialect.PreservedTokens, .. dialect.PreservedTokens];
            var text = string.Concat(random.GetItems(vocabulary, random.Next(1, 25)));
            var whole = Transcript.Of(dialect.CreateParser(SomeTools.All), [text]);
            for (var cut = 0; cut < 6; cut++)
            {
                var pieces = Transcript.Of(dialect.CreateParser(SomeTools.All), Cut(text, random, longest: cut == 0 ? 1 : 8));
                Assert.True(whole.ToString() == pieces.ToString(), $"{dialect.Name}: {text}\n{whole}\n{pieces}");
            }

            calls += whole.Arguments.Count;
            foreach (var arguments in whole.Arguments.Values)
            {
                Assert.True(IsBeginningOfJson(arguments), $"{dialect.Name}: {text}");
            }
        }

        Assert.True(calls > 100, $"only {calls} calls were found");
    }

    [Fact]
    public void A_long_hostile_output_takes_time_linear_in_its_length()
    {
        foreach (var template in Templates)
        {
            var dialect = ChatDialect.Of(template);
            foreach (var marker in dialect.PreservedTokens)
            {
                var text = string.Concat(Enumerable.Repeat(marker + "{\"name\": \"", 1500));
                var before = Testing.ThreadTime.Now;
                Transcript.Of(dialect.CreateParser(SomeTools.All), text.Chunk(20).Select(piece => new string(piece)));
                var seconds = (Testing.ThreadTime.Now - before).TotalSeconds;
                Assert.True(seconds < 1, $"{dialect.Name}, {marker}: {seconds} s");
            }
        }
    }

    [Fact]
    public void A_piece_takes_microseconds()
    {
        var text = string.Concat(Enumerable.Repeat("Some words, <b>marked</b> and not; ", 500))
            + "<tool_call>{\"name\": \"find\", \"arguments\": {\"q\": \""
            + string.Concat(Enumerable.Repeat("more words ", 1500)) + "\"}}</tool_call>";
        string[] pieces = [.. text.Chunk(4).Select(piece => new string(piece))];
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var parser = ChatDialect.Of("<tool_call> <think>").CreateParser(SomeTools.All);
            var before = Testing.ThreadTime.Now;
            foreach (var piece in pieces) parser.Append(piece);
            best = Math.Min(best, (Testing.ThreadTime.Now - before).TotalMicroseconds / pieces.Length);
        }

        output.WriteLine($"{best:F2} us a piece of four characters");
        Assert.True(best < 10, $"{best} us");
    }

    private static IEnumerable<string> Cut(string text, Random random, int longest)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, longest + 1), text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static bool IsBeginningOfJson(string text)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text), isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
