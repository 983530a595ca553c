using System.Text;
using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>
/// A text. Python counts code points where .NET counts UTF-16 units, so positions are translated
/// wherever the text holds characters beyond the basic plane.
/// </summary>
internal sealed class StringValue(string text, bool isMarkup = false) : Value
{
    public static readonly StringValue Empty = new("");

    private static readonly StringValue[] Ascii =
        [.. Enumerable.Range(0, 128).Select(c => new StringValue(((char)c).ToString()))];

    private int _codePoints = -1;

    public string Text => text;

    /// <summary>Escaped for HTML already; joining it with plain text escapes the latter.</summary>
    public bool IsMarkup => isMarkup;

    public override string TypeName => isMarkup ? "Markup" : "str";

    public override bool IsTrue => text.Length > 0;

    public override int? Length => CodePoints;

    public int CodePoints
    {
        get
        {
            if (_codePoints < 0) _codePoints = CountCodePoints(text);
            return _codePoints;
        }
    }

    public static int CountCodePoints(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1])) count--;
        }

        return count;
    }

    /// <summary>The UTF-16 position of a code point.</summary>
    public int Offset(int codePoint)
    {
        if (CodePoints == text.Length) return codePoint;
        var offset = 0;
        for (; codePoint > 0; codePoint--) offset += char.IsSurrogatePair(text, offset) ? 2 : 1;
        return offset;
    }

    public override IEnumerable<Value> Iterate(Budget budget)
    {
        for (var i = 0; i < text.Length;)
        {
            var width = Width(i);
            yield return width == 1 && text[i] < 128 ? Ascii[text[i]] : new StringValue(text.Substring(i, width));
            i += width;
        }
    }

    public override Value? Item(Value key, Budget budget)
    {
        if (key is SliceKey slice)
        {
            budget.Scan(text.Length);
            if (slice.Resolve(CodePoints, budget) is not { } span) return null;
            budget.AllocateText(span.Count);
            return new StringValue(span.Step == 1 ? text[Offset(span.Start)..Offset(span.Start + span.Count)] : Pick(span));
        }

        if (SliceKey.Index(key, CodePoints) is not { } index) return null;
        if (CodePoints != text.Length) budget.Scan(text.Length);
        var at = Offset(index);
        return new StringValue(text.Substring(at, Width(at)));
    }

    public override Value? Attribute(string name, Budget budget) => StringMethods.Table.Bind(this, name);

    public override bool EqualTo(Value other, Budget budget)
    {
        if (other is not StringValue { Text: var theirs } || theirs.Length != text.Length) return false;
        budget.Scan(text.Length);
        return text == theirs;
    }

    public override int Hash(Budget budget)
    {
        budget.Scan(text.Length);
        return text.GetHashCode(StringComparison.Ordinal);
    }

    public override string ToText(Budget budget) => text;

    public override void WriteText(TextSink sink) => sink.Append(text);

    public override void WriteRepr(TextSink sink)
    {
        if (isMarkup) sink.Append("Markup(");
        StringText.WriteRepr(text, sink);
        if (isMarkup) sink.Append(')');
    }

    private int Width(int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private string Pick((int Start, int Stop, int Step, int Count) span)
    {
        var offsets = new List<int>(CodePoints);
        for (var i = 0; i < text.Length; i += Width(i)) offsets.Add(i);
        var picked = new StringBuilder(span.Count);
        for (var i = 0; i < span.Count; i++)
        {
            var at = offsets[(int)(span.Start + (long)i * span.Step)];
            picked.Append(text, at, Width(at));
        }

        return picked.ToString();
    }
}
