using System.Buffers;
using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters for HTML and addresses.</summary>
internal static class MarkupFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "escape", "", (input, _, budget) => HtmlText.Escape(input, budget) },
        { "e", "escape" },
        { "forceescape", "", (input, _, budget) =>
            new StringValue(HtmlText.Escape(input.ToText(budget), budget), isMarkup: true) },
        { "safe", "", (input, _, budget) => new StringValue(input.ToText(budget), isMarkup: true) },
        { "striptags", "", (input, _, budget) => new StringValue(HtmlText.Strip(input.ToText(budget), budget)) },
        { "urlencode", "", UrlEncode },
        { "xmlattr", "autospace?", XmlAttributes },
    };

    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\n\f\r/>=");

    private static StringValue UrlEncode(Value input, BoundArguments arguments, Budget budget)
    {
        var sink = new TextSink(budget);
        if (input is StringValue || input.Iterate(budget) is null)
        {
            Quote(input.ToText(budget), sink, isQuery: false);
            return sink.ToValue();
        }

        var isFirst = true;
        foreach (var pair in input is DictValue dict ? dict.Entries.Select(DictView.Pair) : input.IterateOrThrow(budget))
        {
            if (pair.ToElements(budget) is not [var key, var value])
            {
                throw budget.Error("urlencode takes a text, a mapping or pairs");
            }

            if (!isFirst) sink.Append('&');
            isFirst = false;
            Quote(key.ToText(budget), sink, isQuery: true);
            sink.Append('=');
            Quote(value.ToText(budget), sink, isQuery: true);
        }

        return sink.ToValue();
    }

    private static void Quote(string text, TextSink sink, bool isQuery)
    {
        sink.Budget.AllocateText(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~'
                || b == '/' && !isQuery)
            {
                sink.Append((char)b);
            }
            else if (b == ' ' && isQuery)
            {
                sink.Append('+');
            }
            else
            {
                sink.Append(['%', "0123456789ABCDEF"[b >> 4], "0123456789ABCDEF"[b & 15]]);
            }
        }
    }

    private static StringValue XmlAttributes(Value input, BoundArguments arguments, Budget budget)
    {
        if (input is not DictValue dict) throw budget.Error($"xmlattr takes a mapping, not {input.TypeName}");
        var sink = new TextSink(budget);
        foreach (var (key, value) in dict.Entries)
        {
            if (value is NoneValue or UndefinedValue) continue;
            var name = key.ToText(budget);
            if (name.AsSpan().ContainsAny(NotInNames))
            {
                throw budget.Error($"xmlattr: invalid character in attribute name '{name}'");
            }

            if (sink.Length > 0 || arguments.Flag(0, true)) sink.Append(' ');
            sink.Append(HtmlText.Escape(key, budget).Text);
            sink.Append("=\"");
            sink.Append(HtmlText.Escape(value, budget).Text);
            sink.Append('"');
        }

        return sink.ToValue();
    }
}
