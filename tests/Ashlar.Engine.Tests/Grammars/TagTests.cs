using System.Text.RegularExpressions;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class TagTests
{
    private static readonly StructuralTag Weather = new("<function=weather>", """{"type":"object","properties":{"city":{"type":"string","maxLength":9}},"required":["city"],"additionalProperties":false}""", "</function>");
    private static readonly StructuralTag Clock = new("<function=time>", """{"type":"integer"}""", "</function>");
    private static readonly StructuralTagGrammar Functions = new([Weather, Clock], ["<function="]);

    [Theory]
    [InlineData("Just text.", true)]
    [InlineData("", true)]
    [InlineData("a < b and <funct", true)]
    [InlineData("Look: <function=time>12</function> then <<function=weather>{\"city\":\"Ulm\"}</function>", true)]
    [InlineData("<function=other>", false)]
    [InlineData("<function=time>x", false)]
    [InlineData("<function=time>12", false)]
    [InlineData("<function=time>12</function", false)]
    public void Text_is_free_until_a_trigger(string text, bool accepted) =>
        Assert.Equal(accepted, GbnfTests.Accepts(Vocabularies.Compile(Functions), text));

    [Fact]
    public void A_tag_may_be_demanded_and_may_be_the_last()
    {
        var demanded = Vocabularies.Compile(Functions with { AtLeastOne = true });
        Assert.False(GbnfTests.Accepts(demanded, "text"));
        Assert.True(GbnfTests.Accepts(demanded, "text <function=time>1</function> text <function=time>2</function>"));

        var once = Vocabularies.Compile(Functions with { StopAfterFirst = true });
        Assert.True(GbnfTests.Accepts(once, "text"));
        Assert.True(GbnfTests.Accepts(once, "text <function=time>1</function>"));
        Assert.False(GbnfTests.Accepts(once, "text <function=time>1</function> "));
    }

    [Fact]
    public void A_random_model_writes_only_whole_tags()
    {
        var grammar = Vocabularies.Compile(new StructuralTagGrammar([new("<f>", """{"type":"integer","minimum":0,"maximum":99}""", "</f>")], ["<f"]));
        var tags = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var model = new RandomModel(new Random(seed), Vocabularies.Small);
            var text = model.TextOf(model.MustGenerate(grammar, 150));
            var found = Regex.Count(text, "<f>(0|[1-9][0-9]?)</f>");
            Assert.Equal(Regex.Count(text, "<f"), found);
            tags += found;
        }

        Assert.True(tags > 0);
    }

    [Fact]
    public void The_beginning_of_a_tag_may_be_a_special_token()
    {
        var grammar = Vocabularies.Compile(new StructuralTagGrammar([new("<tool_call>\n", """{"type":"integer"}""", "\n</tool_call>")], ["<tool_"]));
        var matcher = grammar.CreateMatcher();
        foreach (var value in "ok <too"u8) Assert.True(matcher.TryAccept(3 + value));
        Assert.True(matcher.TryAccept(Vocabularies.ToolCall));
        Assert.False(matcher.IsComplete);
        Assert.False(matcher.TryAccept(3 + '5'));
        foreach (var value in "\n5\n"u8) Assert.True(matcher.TryAccept(3 + value));
        Assert.True(matcher.TryAccept(Vocabularies.ToolCallEnd));
        Assert.True(matcher.IsComplete);
        Assert.True(GbnfTests.Accepts(grammar, "x <tool_call>\n5\n</tool_call> y"));
    }

    [Fact]
    public void Tags_and_triggers_must_fit()
    {
        Assert.Equal("tags[0]", Assert.Throws<GrammarException>(() => Vocabularies.Compile(new StructuralTagGrammar([Clock], ["<x"]) with { Triggers = [] })).Place);
        Assert.Equal("triggers[1]", Assert.Throws<GrammarException>(() => Vocabularies.Compile(new StructuralTagGrammar([Clock], ["<f", "<g"]))).Place);
        Assert.Equal("tags[0]: #/type", Assert.Throws<GrammarException>(
            () => Vocabularies.Compile(new StructuralTagGrammar([Clock with { Schema = """{"type":"x"}""" }], ["<f"]))).Place);
        Assert.Throws<GrammarException>(() => Vocabularies.Compile(new ChoiceGrammar([])));
    }
}
