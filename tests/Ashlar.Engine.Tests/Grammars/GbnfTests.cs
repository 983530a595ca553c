using System.Text;
using System.Text.Json;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class GbnfTests
{
    private const int Seed = 31;

    [Fact]
    public void Texts_of_random_grammars_are_derived_by_them_and_texts_agree_on_what_is()
    {
        var written = 0;
        for (var i = 0; i < 120; i++)
        {
            var random = new Random(Seed + i);
            var rules = RandomGbnf.Rules(random);
            CompiledGrammar grammar;
            try
            {
                grammar = Vocabularies.Compile(new GbnfGrammar(rules.ToString()));
            }
            catch (GrammarException error) when (error.Message.Contains("begins with", StringComparison.Ordinal)
                || error.Message.Contains("no finite text", StringComparison.Ordinal))
            {
                continue;
            }

            var model = new RandomModel(random, Vocabularies.Small);
            for (var j = 0; j < 3; j++)
            {
                if (model.Generate(grammar, random.Next(8)) is not { } tokens) continue;
                written++;
                var text = model.TextOf(tokens);
                if (text.Length < 200) Assert.True(rules.Derives(text), $"seed {Seed + i}: '{text}' is not derived by\n{rules}");
            }

            for (var j = 0; j < 30; j++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "abcx"[random.Next(4)]));
                Assert.True(rules.Derives(text) == Accepts(grammar, text), $"seed {Seed + i}: '{text}' and\n{rules}");
            }
        }

        Assert.InRange(written, 150, int.MaxValue);
    }

    [Theory]
    [InlineData("root ::= \"a\" | \"b\" # comment\n", "b", true)]
    [InlineData("root ::= (\n  \"a\"\n  \"b\"\n)+ |\n  \"c\"", "abab", true)]
    [InlineData("root ::= e\ne ::= e \"+\" t | t\nt ::= [0-9]+ | \"(\" e \")\"", "1+(2+3)+45", true)]
    [InlineData("root ::= e\ne ::= e \"+\" t | t\nt ::= [0-9]+ | \"(\" e \")\"", "1+(2+3", false)]
    [InlineData("root ::= \"x\"{2,3} \"\\x41\\u00e9\\n\"", "xxxAé\n", true)]
    [InlineData("root ::= \"x\"{2,}", "x", false)]
    [InlineData("root ::= [^a-c\\]]*", "xyzé😀", true)]
    [InlineData("root ::= [^a-c\\]]*", "x]", false)]
    [InlineData("root ::= . .", "é😀", true)]
    [InlineData("root ::= ws \"a\"\nws ::= | \" \" ws", "   a", true)]
    [InlineData("root ::= (\"a\"?){3,5} \"b\"", "b", true)]
    [InlineData("root ::= (\"a\"?){3,5} \"b\"", "aaaaab", true)]
    [InlineData("root ::= (\"a\"?){3,5} \"b\"", "aaaaaab", false)]
    [InlineData("root ::= (\"a\"{2}){2,3}", "aaaaaa", true)]
    [InlineData("root ::= (\"a\"{2}){2,3}", "aaaaa", false)]
    [InlineData("root ::= p\np ::= \"(\" p \")\" p | \"\"", "(()())()", true)]
    public void Grammars_mean_what_the_notation_says(string text, string output, bool accepted) =>
        Assert.Equal(accepted, Accepts(Vocabularies.Compile(new GbnfGrammar(text)), output));

    [Fact]
    public void A_JSON_value_of_a_schema_may_stand_wherever_an_element_may()
    {
        var grammar = Vocabularies.Compile(new GbnfGrammar(
            "root ::= call+\ncall ::= name \"(\" %json {\"type\":\"object\",\"properties\":{\"a}\":{\"type\":\"integer\"}},\"required\":[\"a}\"],\"additionalProperties\":false} \")\"\nname ::= [a-z]{1,5}"));
        Assert.True(Accepts(grammar, "f({\"a}\": 5})gg({\"a}\":-1})"));
        Assert.False(Accepts(grammar, "f({\"a}\":\"x\"})"));
        for (var seed = 0; seed < 10; seed++)
        {
            var model = new RandomModel(new Random(seed), Vocabularies.Small);
            var text = model.TextOf(model.MustGenerate(grammar, 10));
            var json = text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.IndexOf(')', StringComparison.Ordinal)];
            using var document = JsonDocument.Parse(json);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
    }

    [Fact]
    public void A_literal_is_read_from_the_special_token_of_its_text_as_from_its_letters()
    {
        var grammar = Vocabularies.Compile(new GbnfGrammar("root ::= \"say <tool_call>!\" \"</tool_call>\""));
        var matcher = grammar.CreateMatcher();
        foreach (var value in "say "u8) Assert.True(matcher.TryAccept(3 + value));
        Assert.False(matcher.TryAccept(Vocabularies.ToolCallEnd));
        Assert.True(matcher.TryAccept(Vocabularies.ToolCall));
        Assert.True(matcher.TryAccept(3 + '!'));
        Assert.True(matcher.TryAccept(Vocabularies.ToolCallEnd));
        Assert.True(matcher is { IsComplete: true, IsEnded: true });
        Assert.True(Accepts(grammar, "say <tool_call>!</tool_call>"));
    }

    internal static bool Accepts(CompiledGrammar grammar, string text)
    {
        var matcher = grammar.CreateMatcher();
        return Encoding.UTF8.GetBytes(text).All(value => matcher.TryAccept(3 + value)) && matcher.IsComplete;
    }
}
