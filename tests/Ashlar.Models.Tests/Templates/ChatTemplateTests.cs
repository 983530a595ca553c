using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates;

namespace Ashlar.Models.Tests.Templates;

public class ChatTemplateTests
{
    [Theory]
    [InlineData("{{ 1 }}\n{{ missing.name }}", 2, 12)]
    [InlineData("a\n  {% frobnicate %}", 2, 3)]
    [InlineData("{{ 1|nofilter }}", 1, 6)]
    [InlineData("{% if 1 %}\n{{ 'a' + 1 }}{% endif %}", 2, 8)]
    [InlineData("{{ raise_exception('no') }}", 1, 4)]
    [InlineData("line\r\n{{ 1 / 0 }}", 2, 6)]
    [InlineData("{% macro m() %}\n{{ none() }}{% endmacro %}{{ m() }}", 2, 4)]
    public void An_error_names_its_line_and_column(string source, int line, int column)
    {
        var error = Rendering.Error(source);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("{{ raise_exception('roles must alternate') }}", TemplateErrorKind.Raised, "roles must alternate")]
    [InlineData("{{ missing.name }}", TemplateErrorKind.Runtime, "'missing' is undefined")]
    [InlineData("{% include 'other' %}", TemplateErrorKind.Syntax, "'include' is not supported: a chat template is one file")]
    [InlineData(
        "{{ 1|random }}", TemplateErrorKind.Runtime, "filter 'random' is not supported: a prompt must not depend on chance")]
    [InlineData("{% if 1 %}", TemplateErrorKind.Syntax, "the block 'if' is never closed; add '{% endif %}'")]
    public void An_error_says_what_kind_it_is_and_what_was_wrong(string source, TemplateErrorKind kind, string reason)
    {
        var error = Rendering.Error(source);
        Assert.Equal((kind, reason), (error.Kind, error.Reason));
    }

    [Fact]
    public void A_template_renders_on_many_threads_at_once()
    {
        var template = ChatTemplate.Parse(
            "{% set ns = namespace(n=0) %}{% for i in range(n) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}");
        Parallel.For(0, 200, n => Assert.Equal((n * (n - 1) / 2).ToString(), template.Render(new JsonObject { ["n"] = n })));
    }

    [Fact]
    public void Variables_keep_their_order_and_their_kinds_of_number()
    {
        using var variables = JsonDocument.Parse("""{"x": {"b": 1, "a": 1.0, "c": 12345678901234567890123, "b": 2, "e": 1e3}}""");
        Assert.Equal(
            """{"b": 2, "a": 1.0, "c": 12345678901234567890123, "e": 1000.0}""",
            ChatTemplate.Parse("{{ x|tojson }}").Render(variables.RootElement));
    }

    [Fact]
    public void A_variable_hides_a_function_of_the_same_name() =>
        Assert.Equal("7", ChatTemplate.Parse("{{ range }}").Render(new JsonObject { ["range"] = 7 }));

    [Fact]
    public void Variables_that_are_no_object_are_refused()
    {
        using var variables = JsonDocument.Parse("[]");
        Assert.Throws<ArgumentException>(() => ChatTemplate.Parse("").Render(variables.RootElement));
    }

    [Fact]
    public void Limits_are_the_callers_to_set()
    {
        var limits = new TemplateLimits { OutputCharacters = 3, RangeLength = 5, Depth = 8 };
        Assert.Equal("abc", Rendering.Of("abc", limits));
        Assert.Equal(TemplateErrorKind.Limit, Rendering.Error("abcd", limits).Kind);
        Assert.Equal(TemplateErrorKind.Limit, Rendering.Error("{{ range(6) }}", limits).Kind);
        Assert.Equal(TemplateErrorKind.Limit, Rendering.Error("{{ ((((((((1)))))))) }}", limits).Kind);
    }

    [Fact]
    public void A_long_conversation_renders_within_the_default_limits()
    {
        var messages = new JsonArray();
        for (var i = 0; i < 2_000; i++)
        {
            messages.Add(new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = new string('x', 2_000) });
        }

        const string Source = "{% for m in messages %}<{{ m.role|upper }}>{{ m['content']|trim ~ '\n' }}{% endfor %}";
        var text = ChatTemplate.Parse(Source).Render(new JsonObject { ["messages"] = messages });
        Assert.Equal(2_000 * 2_001 + 1_000 * (6 + 11), text.Length);
    }
}
