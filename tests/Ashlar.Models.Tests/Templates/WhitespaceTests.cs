namespace Ashlar.Models.Tests.Templates;

/// <summary>Where white space around tags goes. What is expected was checked against Jinja 3.1.</summary>
public class WhitespaceTests
{
    [Theory]
    [InlineData("a\n  {% if 1 %}\n  b\n  {% endif %}\nc", "a\n  b\nc")]
    [InlineData("a   {% if 1 %}   b   {% endif %}   c", "a      b      c")]
    [InlineData("{% if 1 %}\n\nx\n\n{% endif %}\n\ny", "\nx\n\n\ny")]
    [InlineData("{% for i in [1, 2] %}\n{{ i }}\n{% endfor %}\nend", "1\n2\nend")]
    [InlineData("\t{% if 1 %}\ttab\t{% endif %}\t", "\ttab\t\t")]
    [InlineData("   {# comment #}\na", "a")]
    public void Block_tags_take_their_newline_and_indentation(string source, string expected) =>
        Rendering.Gives(source, expected);

    [Theory]
    [InlineData("a\n  {%- if 1 -%}\n  b\n  {%- endif -%}\nc", "abc")]
    [InlineData("a\n  {%+ if 1 %}\n  b\n  {%+ endif +%}\nc", "a\n    b\n  \nc")]
    [InlineData("  {{- 'x' -}}  \n y", "xy")]
    [InlineData("{{-1}}{{ -1 }}{{- 1 -}} x", "1-11x")]
    [InlineData("  x {{+ 'a' }}", "  x a")]
    [InlineData("a {#- c -#}  b", "ab")]
    [InlineData("a {# c +#}\nb", "a \nb")]
    [InlineData("{% set x = 1 +%}\nb", "\nb")]
    public void Minus_strips_and_plus_keeps(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("  {{ 'a' }}\n  {{ 'b' }}\n", "  a\n  b")]
    [InlineData("{{ 'a' }}\n\n", "a\n")]
    [InlineData("{{ 1 }}a\n", "1a")]
    [InlineData("{{ 1 }}a\n\n", "1a\n")]
    [InlineData("{{ 1 }}a\r\nb\r\n", "1a\nb")]
    [InlineData("{% set x = \"a\nb\" %}{{ x }}", "a\nb")]
    public void Printed_values_leave_white_space_alone(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{% raw %}{{ x }} {% if %} {# c #}{% endraw %}after", "{{ x }} {% if %} {# c #}after")]
    [InlineData("  {% raw %}\n  a\n  {% endraw %}\nb", "\n  a\nb")]
    [InlineData("x {%- raw -%}  y  {%- endraw -%}  z", "xyz")]
    [InlineData("a\n    {%- raw %}b{%+ endraw %}\nc", "abc")]
    [InlineData("{% raw %}{% endraw %}x{% raw %} {% endraw %}", "x ")]
    public void Raw_blocks_are_copied(string source, string expected) => Rendering.Gives(source, expected);

    [Theory]
    [InlineData("{{ 1 }}a{b}c{ {d} }}e%}#}", "1a{b}c{ {d} }}e%}#}")]
    [InlineData("{{ 1 }}{", "1{")]
    [InlineData("{{ '}}' }}{{ \"%}\" }}", "}}%}")]
    [InlineData("{{ {'a': {'b': 1}} }}", "{'a': {'b': 1}}")]
    public void Braces_that_open_nothing_are_text(string source, string expected) => Rendering.Gives(source, expected);
}
