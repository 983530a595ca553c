using System.Text;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class SchemaInputTests
{
    private const int Seed = 77;

    private static readonly Dictionary<byte, int[]> ByFirst = Enumerable.Range(0, Vocabularies.SmallTokens.Length)
        .Where(id => Vocabularies.SmallTokens[id].Length > 0).GroupBy(id => Vocabularies.SmallTokens[id][0])
        .ToDictionary(group => group.Key, group => group.ToArray());

    [Fact]
    public void A_document_written_from_the_schema_alone_is_accepted_however_it_is_cut_into_tokens()
    {
        for (var i = 0; i < 150; i++)
        {
            var random = new Random(Seed + i);
            var schema = SchemaSamples.Random(random, 1 + (i % 4), patterns: false);
            var grammar = Vocabularies.CompileSchema(schema.ToJsonString());
            var generator = new InstanceGenerator(random);
            for (var j = 0; j < 5; j++)
            {
                var text = generator.Write(schema);
                for (var cut = 0; cut < 3; cut++) AssertAccepted(grammar, text, random, $"seed {Seed + i}: {schema.ToJsonString()}");
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1,"b":[{"c":"d"},null,1.5e-7]}""")]
    [InlineData("""{"type":"number"}""", "-0.125E+10")]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\\uDE00 \\/ \\u0041\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"\\ud83d\\ude00\\u00e9\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2024-02-29T23:59:59.123+02:00\"")]
    [InlineData("""{"type":"string","format":"ipv6"}""", "\"2001:db8::ff00:42:8329\"")]
    [InlineData("""{"type":"string","format":"uri"}""", "\"https://user@example.com:8080/a/b%20c?q=1#f\"")]
    [InlineData("""{"type":"string","format":"email"}""", "\"first.last+tag@example.co.uk\"")]
    [InlineData("""{"type":"string","format":"duration"}""", "\"P3Y6M4DT12H30M5S\"")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":2}""", "-1.5")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":2}""", "2.000")]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"abc\\\"\"")]
    [InlineData("""{"items":{"type":"integer"},"type":"array"}""", "[\n  1,\n  2\n]")]
    public void A_valid_document_is_accepted(string schema, string text) =>
        AssertAccepted(Vocabularies.CompileSchema(schema), text, new Random(Seed), schema);

    [Theory]
    [InlineData("""{"type":"integer"}""", "01")]
    [InlineData("""{"type":"integer"}""", "1.0")]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"")]
    [InlineData("""{"type":"string"}""", "\"\n\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"abc\"")]
    [InlineData("""{"type":"string","minLength":2}""", "\"a\"")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":2}""", "-1.51")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":2}""", "2.0001")]
    [InlineData("""{"type":"integer","multipleOf":3}""", "10")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2023-02-29\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"b":1,"a":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}""", """{"b":1}""")]
    [InlineData("""{"type":"array","items":{"type":"null"}}""", "[null,]")]
    public void What_is_not_valid_or_not_canonical_is_refused(string schema, string text)
    {
        var matcher = Vocabularies.CompileSchema(schema).CreateMatcher();
        var accepted = Encoding.UTF8.GetBytes(text).All(value => matcher.TryAccept(3 + value));
        Assert.False(accepted && matcher.IsComplete);
    }

    private static void AssertAccepted(CompiledGrammar grammar, string text, Random random, string schema)
    {
        var matcher = grammar.CreateMatcher();
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
        {
            var (candidates, token) = (ByFirst[rest[0]], 0);
            do token = candidates[random.Next(candidates.Length)];
            while (!rest.StartsWith(Vocabularies.SmallTokens[token]));
            Assert.True(matcher.TryAccept(token), $"{schema} refuses {text} {rest.Length} bytes before its end");
            rest = rest[Vocabularies.SmallTokens[token].Length..];
        }

        Assert.True(matcher.IsComplete, $"{schema} wants more than {text}");
        Assert.True(matcher.TryAccept(Vocabularies.End));
        Assert.True(matcher.IsEnded);
        Assert.False(matcher.TryAccept(token: 4));
    }
}
