namespace Ashlar.Models.Tests.Templates;

/// <summary>Statements and the scopes they make. What is expected was checked against Jinja 3.1.</summary>
public class StatementTests
{
    [Theory]
    [InlineData(
        "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
        "103TrueFalse31;212FalseFalse332;321FalseTrue31;")]
    [InlineData("{% for i in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }}{% endfor %}", "aTruebTrueaTrue")]
    [InlineData("{% for x in [] %}x{% else %}empty{% endfor %}", "empty")]
    [InlineData("{% for x in l if x > 1 %}{{ x }}{{ loop.index }}/{{ loop.length }};{% endfor %}", "31/2;22/2;")]
    [InlineData("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1")]
    [InlineData("{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123")]
    [InlineData(
        "{% for i in tree recursive %}{{ i.n }}[{{ loop.depth }}{% if i.c %}{{ loop(i.c) }}{% endif %}]{% endfor %}",
        "1[12[2]3[24[3]]]")]
    [InlineData(
        "{% for i in range(2) %}{% set outer = loop %}{% for j in 'ab' %}{{ outer.index }}{{ loop.index }},{% endfor %}{% endfor %}",
        "11,12,21,22,")]
    [InlineData("{% for i in 1, 2 %}{{ i }}{% endfor %}", "12")]
    public void Loops_know_where_they_stand(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% for i in l %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}", "3")]
    [InlineData("{% for i in l %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "32")]
    [InlineData("{% for i in l %}{% break %}{% else %}E{% endfor %}", "E")]
    [InlineData("{% for i in l %}{% with a = i %}{{ a }}{% break %}{% endwith %}{% endfor %}", "3")]
    [InlineData("{% for i in l %}{% set x %}{{ i }}{% if i == 1 %}{% break %}{% endif %}{% endset %}{{ x }}{% endfor %}", "3")]
    public void Loops_are_left_early(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% set x = 1 %}{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "3121")]
    [InlineData("{% for i in l %}{% if loop.first %}{% set x = 5 %}{% endif %}{{ x }};{% endfor %}", "5;;;")]
    [InlineData("{% if 1 %}{% set x = 1 %}{% endif %}{{ x }}", "1")]
    [InlineData("{% set a = 5 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "155")]
    [InlineData("{% set x %}{% set y = 1 %}{% endset %}{{ y is defined }}", "False")]
    [InlineData("{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x }}", "1")]
    [InlineData("{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}", "1")]
    [InlineData("{% set x = 9 %}{% for x in l %}{{ x }}{% endfor %}{{ x }}", "3129")]
    public void Scopes_are_Jinjas(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% set ns = namespace(x=0) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "6")]
    [InlineData("{% set ns = namespace() %}{% set ns.a %}x{% endset %}{{ ns.a }}{{ ns.b is defined }}", "xFalse")]
    [InlineData("{% macro m(n) %}{% set n.x = 5 %}{% endmacro %}{% set n2 = namespace(x=1) %}{{ m(n2) }}{{ n2.x }}", "5")]
    public void Namespaces_outlive_the_scope_that_sets_them(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12")]
    [InlineData("{% set (a, b) = [1, 2] %}{{ a }}{{ b }}", "12")]
    [InlineData("{% set a = 1, 2 %}{{ a }}", "(1, 2)")]
    [InlineData("{% set x | upper | replace('S', 'z') %}hi s{% endset %}{{ x }}", "HI z")]
    [InlineData("{% filter upper %}abc{{ s }}{% endfilter %}", "ABCHELLO WORLD")]
    public void Assignments_take_tuples_and_blocks(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData(
        "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, 3) }}|{{ m(b=1, a=2) }}|{{ m() }}",
        "121|131|212|2")]
    [InlineData("{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}", "(2, 3){'x': 4}")]
    [InlineData("{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "54321")]
    [InlineData("{% macro m(a, b=1) %}{% endmacro %}{{ m.name }}{{ m.arguments }}", "m('a', 'b')")]
    public void Macros_bind_their_arguments(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% macro m(a) %}{{ caller() }}[{{ a }}]{% endmacro %}{% call m(1) %}body{% endcall %}", "body[1]")]
    [InlineData(
        "{% macro m() %}{% for i in [1, 2] %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(x) m() %}<{{ x }}>{% endcall %}",
        "<1><2>")]
    [InlineData("{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "False")]
    public void Call_blocks_become_callers(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}", "abab")]
    [InlineData("{% set j = joiner(', ') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}", "3, 1, 2")]
    [InlineData("{{ strftime_now('%Y-%m-%d') }}", "2026-11-20")]
    [InlineData("{{ strftime_now('%d %b %Y') }}", "20 Nov 2026")]
    [InlineData(
        "{{ strftime_now('%A %B %j %U %W %w %y %I %p %H:%M:%S %% %-d %e %c') }}",
        "Friday November 324 46 46 5 26 12 PM 12:00:00 % 20 20 Fri Nov 20 12:00:00 2026")]
    [InlineData("{% do l.index(1) %}x", "x")]
    [InlineData("{% print 1, 2 %}", "12")]
    public void Cyclers_joiners_and_the_clock_work(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% if %}{% endif %}")]
    [InlineData("{% if 1 %}")]
    [InlineData("{% endif %}")]
    [InlineData("{% foo %}")]
    [InlineData("{% %}")]
    [InlineData("{{ }}")]
    [InlineData("{{ 1")]
    [InlineData("{{ 'a }}")]
    [InlineData("{{ 1 %}")]
    [InlineData("{% for i l %}{% endfor %}")]
    [InlineData("{% for i in %}{% endfor %}")]
    [InlineData("{% set 1 = 2 %}")]
    [InlineData("{% set x = %}")]
    [InlineData("{% set d.x = 1 %}")]
    [InlineData("{% set q.x = 1 %}")]
    [InlineData("{% break %}")]
    [InlineData("{% macro m(a=1, b) %}{% endmacro %}")]
    [InlineData("{% for loop in l %}{% endfor %}")]
    [InlineData("{% if 1 %}a{% else %}b{% else %}c{% endif %}")]
    [InlineData("{% raw %}x")]
    [InlineData("{# c")]
    [InlineData("{{ a b }}")]
    [InlineData("{{ 1 + }}")]
    [InlineData("{{ (1 }}")]
    [InlineData("{{ a[] }}")]
    [InlineData("{{ '\\u12' }}")]
    [InlineData("{{ a$b }}")]
    [InlineData("{{ 1 is odd is even }}")]
    [InlineData("{% set true = 1 %}")]
    public void A_broken_statement_is_an_error(string source) => Rendering.Fails(source);

    [Theory]
    [InlineData("{{ raise_exception('boom') }}")]
    [InlineData("{% for i in none %}{% endfor %}")]
    [InlineData("{% for i in 5 %}{% endfor %}")]
    [InlineData("{% for a, b in [(1, 2, 3)] %}{% endfor %}")]
    [InlineData("{% set a, b = 5 %}")]
    [InlineData("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}")]
    [InlineData("{% macro m(a) %}{% endmacro %}{{ m(b=2) }}")]
    [InlineData("{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}")]
    [InlineData("{% for i in tree %}{{ loop(i.c) }}{% endfor %}")]
    [InlineData("{% for i in l %}{{ loop.cycle() }}{% endfor %}")]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% import 'x' as y %}")]
    [InlineData("{% extends 'x' %}")]
    public void A_failing_statement_is_an_error(string source) => Rendering.Fails(source);
}
