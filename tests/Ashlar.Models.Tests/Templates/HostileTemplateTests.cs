using System.Text.Json;
using Ashlar.Models.Templates;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Templates;

/// <summary>Templates that mean harm: each ends in an error of ours, soon and in little memory.</summary>
[CollectionDefinition(nameof(HostileTemplateTests), DisableParallelization = true)]
[Collection(nameof(HostileTemplateTests))]
public class HostileTemplateTests
{
    private const string Characters = "{}%#()[]|.'\"-+*~<>=:,0123456789\\\n\r\0é😀_abc";
    private const string Forever = "{% for i in range(100000) %}";
    private const string Long = "{% set s = 'a' * 10**6 %}{% set t = 'a' * (10**6 - 1) ~ 'b' %}{% for i in range(100000) %}";
    private const string Grow = "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(100) %}";

    [Theory]
    [InlineData("{{ ", "(", 100_000)]
    [InlineData("{{ ", "[", 100_000)]
    [InlineData("{{ ", "{1:", 100_000)]
    [InlineData("{{ ", "not ", 100_000)]
    [InlineData("{{ ", "-", 100_000)]
    [InlineData("{{ 1", " if 1 else 1", 40_000)]
    [InlineData("", "{% if 1 %}", 40_000)]
    [InlineData("", "{% for i in [1] %}", 25_000)]
    [InlineData("{% set ", "(", 100_000)]
    public void Nesting_in_the_source_is_bounded(string before, string part, int count)
    {
        var error = Within(() => ChatTemplate.Parse(before + Repeat(part, count)));
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
    }

    [Theory]
    [InlineData("1", "+1")]
    [InlineData("1", "|abs")]
    [InlineData("1", " is odd")]
    [InlineData("1", "**1")]
    [InlineData("1", " and 1")]
    [InlineData("s", ".s")]
    [InlineData("s", "[0]")]
    [InlineData("s", "()")]
    public void A_chain_of_a_hundred_thousand_operators_does_not_overflow_the_stack(string first, string link) =>
        Within(() => Rendering.Of("{{ " + first + Repeat(link, Math.Min(100_000, 500_000 / link.Length)) + " }}"));

    [Fact]
    public void A_chain_of_filters_on_a_block_does_not_overflow_the_stack() =>
        Within(() => Rendering.Of("{% filter upper" + Repeat("|upper", 70_000) + " %}{% endfilter %}"));

    [Theory]
    [InlineData("{{ 'x' * 10**9 }}")]
    [InlineData("{{ [1] * 10**9 }}")]
    [InlineData("{{ 9**(9**9) }}")]
    [InlineData("{{ range(10**12) }}")]
    [InlineData("{{ '%1000000000d'|format(1) }}")]
    [InlineData("{{ '%.1000000000f'|format(1) }}")]
    [InlineData("{{ '{:1000000000}'.format(1) }}")]
    [InlineData("{{ '{:01000000000,}'.format(1) }}")]
    [InlineData("{{ 'a'|center(10**9) }}")]
    [InlineData("{{ 'a'.ljust(10**9) }}")]
    [InlineData("{{ 'a'.zfill(10**9) }}")]
    [InlineData("{{ 'a\nb'|indent(10**9) }}")]
    [InlineData("{{ '\t\t\t'.expandtabs(10**9) }}")]
    [InlineData("{{ [1]|tojson(indent=10**9) }}")]
    [InlineData("{{ [1]|batch(10**9, 1)|list }}")]
    [InlineData("{{ [1]|slice(10**9)|list }}")]
    [InlineData("{{ range(100000)|join('x' * 100000) }}")]
    [InlineData("{{ ('x' * 10**5)|replace('x', 'y' * 10**5) }}")]
    [InlineData("{% set x = 10**2000 %}{% for i in range(100000) %}{% set y = x * x // x %}{% endfor %}")]
    [InlineData("{% set s = 'x' * 10**6 %}{% for i in range(1000) %}{{ s }}{% endfor %}")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% set q = [1]|map('upper') %}{% endfor %}{% endfor %}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(100) }}")]
    [InlineData("{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}")]
    [InlineData("{% set ns = namespace() %}{% set ns.a = [ns, ns] %}{{ ns }}")]
    [InlineData(Grow + "{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData(Grow + "{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData(Grow + "{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData(Grow + "{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|tojson }}")]
    [InlineData(Grow + "{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}")]
    [InlineData(Grow + "{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s < ns.t }}")]
    [InlineData(
        "{% set ns = namespace(s=()) %}{% for i in range(100) %}{% set ns.s = (ns.s, ns.s) %}{% endfor %}{{ {ns.s: 1} }}")]
    [InlineData(
        "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = ns.s|select %}{% endfor %}{{ ns.s|list }}")]
    [InlineData("{% set ns = namespace(s=()) %}{% for i in range(99999) %}{% set ns.s = (ns.s,) %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{{ ('a' * 31 ~ 'b' ~ 'a' * 31) in s }}{% endfor %}")]
    [InlineData("{% set s = '😀' * 10**6 %}{% for i in range(100000) %}{{ s[i] }}{% endfor %}")]
    [InlineData("{{ range(10**4000, 10**4000 + 100000)|sort|length }}")]
    [InlineData("{% set ns = namespace(r=range(9)) %}{% for i in range(99999) %}{% set ns.r = ns.r[::2**31] %}{% endfor %}")]
    [InlineData("{{ [1]|sort(attribute=',' * 5 * 10**6) }}")]
    [InlineData("{{ [1]|map(attribute='.' * 5 * 10**6)|list }}")]
    [InlineData("{{ ('a ' * 10**6 * 2)|wordwrap }}")]
    [InlineData(Long + "{{ 'x'.strip(s) }}{% endfor %}")]
    [InlineData(Long + "{{ s.removeprefix(s) }}{% endfor %}")]
    [InlineData(Long + "{{ s.removesuffix('b' ~ s) ~ s.removeprefix(t) }}{% endfor %}")]
    [InlineData(Long + "{{ '%.1s' % s }}{% endfor %}")]
    [InlineData(Long + "{{ s.rfind('a') }}{% endfor %}")]
    [InlineData(Long + "{{ s.count('') }}{% endfor %}")]
    [InlineData(Long + "{{ s.isascii() }}{% endfor %}")]
    [InlineData(Long + "{{ s is lower }}{% endfor %}")]
    [InlineData(Long + "{{ namespace()[s] }}{% endfor %}")]
    [InlineData("{% set s = '%' ~ '-' * 10**6 ~ 'd' %}{% for i in range(100000) %}{{ s % 1 }}{% endfor %}")]
    [InlineData("{% set x = 2**14000 %}{% for i in range(100000) %}{{ '{:b}'.format(x) }}{% endfor %}")]
    [InlineData("{% set n = [''] * 9999 %}{% for i in range(100000) %}{% set q = n|map('select', 'odd', *n)|list %}{% endfor %}")]
    public void A_bomb_is_stopped(string source) =>
        Assert.Equal(TemplateErrorKind.Limit, Within(() => Rendering.Of(source)).Kind);

    [Fact]
    public void A_macro_of_many_parameters_is_paid_for()
    {
        var parameters = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"a{i}"));
        var error = Within(
            () => Rendering.Of($"{{% macro m({parameters}) %}}{{% endmacro %}}" + Forever + "{{ m() }}{% endfor %}"));
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void Many_names_that_share_a_value_are_paid_for()
    {
        var names = string.Join(',', Enumerable.Repeat("a", 100_000));
        var error = Within(() => Rendering.Of("{% set t = [1] * 10**5 %}" + Forever + $"{{% set {names} = t %}}{{% endfor %}}"));
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void A_name_of_a_hundred_thousand_letters_is_refused() =>
        Assert.Equal(TemplateErrorKind.Syntax, Within(() => Rendering.Of("{{ " + Repeat("a", 100_000) + " }}")).Kind);

    [Fact]
    public void What_a_long_name_does_not_find_says_so_in_few_words()
    {
        var error = Within(() => Rendering.Of("{{ l['x' * 10**6].y }}"));
        Assert.InRange(error.Message.Length, 1, 300);
    }

    [Fact]
    public void A_long_pattern_is_searched_in_linear_time() =>
        Assert.Equal("False", Rendering.Of("{% set s = 'a' * 10**6 %}{{ ('a' * 5 * 10**5 ~ 'b') in s }}"));

    [Fact]
    public void A_source_over_the_limit_is_refused() =>
        Assert.Equal(TemplateErrorKind.Limit, Within(() => ChatTemplate.Parse(new string('x', 600 * 1024))).Kind);

    [Fact]
    public void Half_a_surrogate_pair_in_the_variables_is_an_error_of_the_template()
    {
        using var variables = JsonDocument.Parse("""{"x": "\ud800"}""");
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ x }}").Render(variables.RootElement));
    }

    [Fact]
    public void Ten_thousand_mutations_of_published_templates_render_or_fail_cleanly()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        using var cases = JsonDocument.Parse(File.ReadAllText(Conformance.Path("chat_templates", "cases.json")));
        var inputs = cases.RootElement.EnumerateArray()
            .Where(one => one.GetProperty("case").GetString() is "tools" or "tool_then_answer" or "reasoning_history")
            .Select(one =>
                (Source: File.ReadAllText(Conformance.Path("chat_templates", one.GetProperty("template").GetString() + ".jinja")),
                Input: one.GetProperty("input")))
            .ToArray();
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < 10_000; round++)
        {
            var (source, input) = inputs[random.Next(inputs.Length)];
            var mutated = Mutate(source, random);
            var start = ThreadTime.Now;
            try
            {
                ChatTemplate.Parse(mutated).Render(input, Rendering.Clock);
            }
            catch (TemplateException)
            {
                // What a broken template must end in.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {Seed}, round {round}: {e}\n{mutated}");
            }

            var taken = ThreadTime.Now - start;
            slowest = taken > slowest ? taken : slowest;
        }

        Assert.True(slowest < TimeSpan.FromSeconds(3), $"seed {Seed}: a mutation took {slowest.TotalMilliseconds} ms");
    }

    private static string Mutate(string source, Random random)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var (at, length) = (random.Next(source.Length), random.Next(1, 12));
            var end = Math.Min(source.Length, at + length);
            var from = random.Next(source.Length);
            source = random.Next(4) switch
            {
                0 => source.Remove(at, end - at),
                1 => source.Insert(at, source.Substring(from, Math.Min(random.Next(1, 40), source.Length - from))),
                2 => source[..at] + Characters[random.Next(Characters.Length)] + source[(at + 1)..],
                _ => source[..at] + source[end..] + source[at..end],
            };
        }

        return source;
    }

    private static string Repeat(string part, int count) => string.Concat(Enumerable.Repeat(part, count));

    /// <summary>
    /// The error that an action ends in, on a thread with a small stack, within 64 MiB.
    /// It takes well under a second of its processor; the bound leaves room for slow ones.
    /// </summary>
    private static TemplateException Within(Action action)
    {
        Exception? error = null;
        var taken = TimeSpan.Zero;
        var thread = new Thread(
            () =>
            {
                var start = ThreadTime.Now;
                error = Record.Exception(action);
                taken = ThreadTime.Now - start;
            },
            maxStackSize: 512 * 1024);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        thread.Start();
        while (!thread.Join(millisecondsTimeout: 5))
        {
            // Collected first: how much garbage may lie about is the runtime's choice.
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.True(taken < TimeSpan.FromSeconds(5), $"took {taken.TotalMilliseconds} ms of processor time");
        Assert.True(peak < 64 * 1024 * 1024, $"took {peak} bytes");
        return Assert.IsType<TemplateException>(error);
    }
}
