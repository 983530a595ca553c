using System.Text.Json;
using Ashlar.Engine.Grammars;
using Ashlar.Models;

namespace Ashlar.Engine.Tests.Stepping;

/// <summary>Grammars through the whole engine, with a model that would write anything.</summary>
public class GrammarTests
{
    private const string Schema = """
        {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
         "tags": {"type": "array", "items": {"enum": ["red", "green"]}, "maxItems": 3}}, "required": ["name", "age", "tags"],
         "additionalProperties": false}
        """;

    private static readonly int[] Start = [1];

    [Fact]
    public async Task Outputs_fit_their_grammars_together_and_alone()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 400, Threads = 2, MaxSequences = 8 });
        await using var alone = new InferenceEngine(
            model, new() { ContextLength = 400, Threads = 1, MaxSequences = 1, Speculation = SpeculationMethod.None });
        GrammarSource[] sources =
        [
            new JsonSchemaGrammar(Schema), new RegexGrammar("[a-f]{3,8}-[0-9]{4}"), new ChoiceGrammar(["yes", "no", "perhaps"]),
            new GbnfGrammar("root ::= \"<\" [a-z]+ \">\" root? "),
        ];
        var requests = Enumerable.Range(0, 24).Select(i => new GenerationRequest
        {
            PromptTokens = new[] { 1, i + 2 }, MaxTokens = 120, Grammar = sources[i % sources.Length],
            Sampling = i % 3 == 0 ? SamplingOptions.Greedy : new() { Seed = i },
        }).ToArray();
        var outcomes = await Task.WhenAll(requests.Select(request => Task.Run(() => Outcome.Of(engine, request))));
        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal((await Outcome.Of(alone, requests[i])).Tokens, outcomes[i].Tokens);
            if (outcomes[i].Reason == FinishReason.Length) continue;
            var text = outcomes[i].Text;
            switch (i % sources.Length)
            {
                case 0:
                    var root = JsonDocument.Parse(text).RootElement;
                    Assert.InRange(root.GetProperty("age").GetInt32(), 0, 150);
                    Assert.True(root.GetProperty("tags").GetArrayLength() <= 3);
                    break;
                case 1: Assert.Matches("^[a-f]{3,8}-[0-9]{4}$", text); break;
                case 2: Assert.Contains(text, (string[])["yes", "no", "perhaps"]); break;
                default: Assert.Matches("^(<[a-z]+>)+$", text); break;
            }
        }

        Assert.True(outcomes.Count(outcome => outcome.Reason == FinishReason.Stop) > 12);
    }

    [Fact]
    public async Task A_bad_grammar_is_an_error_of_its_request_alone()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
        await using var engine = new InferenceEngine(model, new() { Threads = 1 });
        var request = new GenerationRequest { PromptTokens = Start, MaxTokens = 5 };
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<GrammarException>(() => Outcome.Of(
                engine, request with { Grammar = new JsonSchemaGrammar("""{"type": "integer", "minimum": 3, "maximum": 2}""") }));
            Assert.Contains("no integer is between 3 and 2", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(5, (await Outcome.Of(engine, request with { IgnoreEndOfSequence = true })).Tokens.Length);
        Assert.Equal(0, engine.ActiveRequests);
    }
}
