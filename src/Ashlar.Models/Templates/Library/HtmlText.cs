using System.Net;
using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>HTML escaping and its reverse, as markupsafe does them.</summary>
internal static class HtmlText
{
    /// <summary>The text with markup characters escaped; itself where it was escaped before.</summary>
    public static StringValue Escape(Value value, Budget budget)
    {
        if (value is StringValue { IsMarkup: true } markup) return markup;
        var text = value.ToText(budget);
        return new(Escape(text, budget), isMarkup: true);
    }

    public static string Escape(string text, Budget budget)
    {
        budget.Scan(text.Length);
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0) return text;
        budget.AllocateText(5L * text.Length);
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\'' => escaped.Append("&#39;"),
                '"' => escaped.Append("&#34;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Without comments and tags, white space folded to single spaces, entities decoded.</summary>
    public static string Strip(string text, Budget budget)
    {
        budget.AllocateText(2L * text.Length);
        var visible = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = text[i] != '<' ? -1
                : string.CompareOrdinal(text, i, "<!--", 0, 4) == 0 ? End(text, "-->", i, budget)
                : End(text, ">", i, budget);
            if (end < 0 && text[i] == '<')
            {
                // Nothing after this place closes a tag.
                visible.Append(text, i, text.Length - i);
                break;
            }

            if (end >= 0) i = end;
            else visible.Append(text[i++]);
        }

        return WebUtility.HtmlDecode(Fold(visible.ToString()));
    }

    /// <summary>White space becomes one space, and none at the ends.</summary>
    private static string Fold(string text)
    {
        var folded = new char[text.Length];
        var (length, isInWord) = (0, false);
        foreach (var c in text)
        {
            var isSpace = StringText.IsSpace(c);
            if (!isSpace && !isInWord && length > 0) folded[length++] = ' ';
            if (!isSpace) folded[length++] = c;
            isInWord = !isSpace;
        }

        return new(folded, 0, length);
    }

    private static int End(string text, string mark, int start, Budget budget)
    {
        var at = TextSearch.IndexOf(text, mark, start, budget);
        return at < 0 ? -1 : at + mark.Length;
    }
}
