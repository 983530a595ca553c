using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>The methods of Python's strings.</summary>
internal static class StringMethods
{
    public static readonly RoutineTable Table = new("method")
    {
        StringCases.Table,
        StringSplits.Table,
        { "center", "width, fillchar?", (self, arguments, budget) =>
            {
                // Python gives the odd space to the left where the width is odd.
                var (missing, width) = (Missing(self, arguments), arguments.Integer(0, 0));
                var left = missing / 2 + (missing & width & 1);
                return Pad(self, arguments, left, missing - left, budget);
            }
        },
        { "ljust", "width, fillchar?", (self, arguments, budget) => Pad(self, arguments, 0, Missing(self, arguments), budget) },
        { "rjust", "width, fillchar?", (self, arguments, budget) => Pad(self, arguments, Missing(self, arguments), 0, budget) },
        { "zfill", "width", (self, arguments, budget) =>
            {
                var (text, missing) = (Text(self), Missing(self, arguments));
                budget.AllocateText(text.Length + (long)missing);
                var sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
                return new StringValue(text[..sign] + new string('0', missing) + text[sign..]);
            }
        },
        { "count", "sub, start?, end?", Count },
        { "encode", "*", (_, _, budget) =>
            throw budget.Error("method 'encode' is not supported: a template has no byte strings") },
        { "endswith", "suffix, start?, end?", (self, arguments, budget) =>
            Affix(self, arguments, budget, (text, part) => text.EndsWith(part, StringComparison.Ordinal)) },
        { "startswith", "prefix, start?, end?", (self, arguments, budget) =>
            Affix(self, arguments, budget, (text, part) => text.StartsWith(part, StringComparison.Ordinal)) },
        { "find", "sub, start?, end?", (self, arguments, budget) => IntValue.Of(Find(self, arguments, budget, isLast: false)) },
        { "rfind", "sub, start?, end?", (self, arguments, budget) => IntValue.Of(Find(self, arguments, budget, isLast: true)) },
        { "index", "sub, start?, end?", (self, arguments, budget) =>
            Found(Find(self, arguments, budget, isLast: false), budget) },
        { "rindex", "sub, start?, end?", (self, arguments, budget) =>
            Found(Find(self, arguments, budget, isLast: true), budget) },
        { "expandtabs", "tabsize?", (self, arguments, budget) => ExpandTabs(Text(self), arguments.Integer(0, 8), budget) },
        { "format", "*, **", (self, arguments, budget) => new BraceFormat(Text(self), arguments, budget).Apply() },
        { "removeprefix", "prefix", (self, arguments, budget) =>
            {
                var (text, prefix) = (Text(self), arguments.Text(0, ""));
                budget.Scan(prefix.Length);
                return text.StartsWith(prefix, StringComparison.Ordinal) ? Copy(text[prefix.Length..], budget) : self;
            }
        },
        { "removesuffix", "suffix", (self, arguments, budget) =>
            {
                var (text, suffix) = (Text(self), arguments.Text(0, ""));
                budget.Scan(suffix.Length);
                return text.EndsWith(suffix, StringComparison.Ordinal) ? Copy(text[..^suffix.Length], budget) : self;
            }
        },
        { "replace", "old, new, count?", (self, arguments, budget) =>
            new StringValue(
                Replace(Text(self), arguments.Text(0, ""), arguments.Text(1, ""), arguments.Integer(2, -1), budget)) },
        { "strip", "chars?", (self, arguments, budget) => Strip(self, arguments, budget, atStart: true, atEnd: true) },
        { "lstrip", "chars?", (self, arguments, budget) => Strip(self, arguments, budget, atStart: true, atEnd: false) },
        { "rstrip", "chars?", (self, arguments, budget) => Strip(self, arguments, budget, atStart: false, atEnd: true) },
    };

    public static string Text(Value self) => ((StringValue)self).Text;

    /// <summary>
    /// Every occurrence replaced, or the first <paramref name="most"/> of them; an empty text occurs between all
    /// characters.
    /// </summary>
    public static string Replace(string text, string old, string with, int most, Budget budget)
    {
        if (most == 0) return text;
        var sink = new TextSink(budget);
        var left = most < 0 ? int.MaxValue : most;
        var from = 0;
        if (old.Length == 0)
        {
            for (; left > 0 && from <= text.Length; left--)
            {
                sink.Append(with);
                if (from == text.Length) return sink.ToString();
                var width = char.IsSurrogatePair(text[from], from + 1 < text.Length ? text[from + 1] : ' ') ? 2 : 1;
                sink.Append(text.AsSpan(from, width));
                from += width;
            }
        }
        else
        {
            for (int at; left > 0 && (at = TextSearch.IndexOf(text, old, from, budget)) >= 0; left--)
            {
                sink.Append(text.AsSpan(from, at - from));
                sink.Append(with);
                from = at + old.Length;
            }
        }

        if (from == 0) return text;
        sink.Append(text.AsSpan(from));
        return sink.ToString();
    }

    /// <summary>Without the white space, or the given characters, at its ends.</summary>
    public static StringValue Strip(Value self, BoundArguments arguments, Budget budget, bool atStart, bool atEnd)
    {
        var text = Text(self);
        var given = arguments.Text(0, "");
        budget.AllocateText(8L * given.Length);
        var characters = arguments.IsGiven(0) ? new HashSet<Rune>(given.EnumerateRunes()) : null;
        var (start, end) = (0, text.Length);
        while (atStart && start < end
            && Rune.DecodeFromUtf16(text.AsSpan(start, end - start), out var rune, out var width) >= 0 && IsStripped(rune))
        {
            start += width;
        }

        while (atEnd && start < end
            && Rune.DecodeLastFromUtf16(text.AsSpan(start, end - start), out var rune, out var width) >= 0 && IsStripped(rune))
        {
            end -= width;
        }

        budget.Scan(text.Length - (end - start));
        return start == 0 && end == text.Length ? (StringValue)self : Copy(text[start..end], budget);

        bool IsStripped(Rune rune) => characters?.Contains(rune) ?? rune.IsBmp && StringText.IsSpace((char)rune.Value);
    }

    private static StringValue Copy(string text, Budget budget)
    {
        budget.AllocateText(text.Length);
        return new(text);
    }

    private static int Missing(Value self, BoundArguments arguments) =>
        Math.Max(0, arguments.Integer(0, 0) - ((StringValue)self).CodePoints);

    private static StringValue Pad(Value self, BoundArguments arguments, int left, int right, Budget budget)
    {
        var fill = arguments.Text(1, " ");
        if (StringValue.CountCodePoints(fill) != 1) throw budget.Error("the fill character must be exactly one character long");
        var sink = new TextSink(budget);
        sink.Append(fill, left);
        sink.Append(Text(self));
        sink.Append(fill, right);
        return sink.ToValue();
    }

    /// <summary>The part of the text that the arguments <c>start</c> and <c>end</c> select, in UTF-16 positions.</summary>
    private static (int Start, int End)? Part(StringValue self, BoundArguments arguments, Budget budget)
    {
        if (!arguments.IsGiven(1) && !arguments.IsGiven(2)) return (0, self.Text.Length);
        var span = new SliceKey(arguments[1], arguments[2], null).Resolve(self.CodePoints, budget)
            ?? throw budget.Error("slice indices must be integers or None");
        if (Numbers.TryInteger(arguments[1], out var start) && start > self.CodePoints) return null;
        budget.Scan(self.Text.Length);
        return (self.Offset(span.Start), self.Offset(span.Start + span.Count));
    }

    private static int Find(Value self, BoundArguments arguments, Budget budget, bool isLast)
    {
        var owner = (StringValue)self;
        var pattern = arguments.Text(0, "");
        if (Part(owner, arguments, budget) is not var (start, end)) return -1;
        var at = isLast
            ? TextSearch.LastIndexOf(owner.Text, pattern, end, budget)
            : TextSearch.IndexOf(owner.Text, pattern, start, budget);
        if (at < start || at + pattern.Length > end) return -1;
        budget.Scan(at);
        return StringValue.CountCodePoints(owner.Text.AsSpan(0, at));
    }

    private static IntValue Found(int at, Budget budget) => at >= 0 ? IntValue.Of(at) : throw budget.Error("substring not found");

    private static IntValue Count(Value self, BoundArguments arguments, Budget budget)
    {
        var owner = (StringValue)self;
        var pattern = arguments.Text(0, "");
        if (Part(owner, arguments, budget) is not var (start, end)) return IntValue.Of(0);
        if (pattern.Length == 0)
        {
            budget.Scan(end - start);
            return IntValue.Of(StringValue.CountCodePoints(owner.Text.AsSpan(start, end - start)) + 1);
        }

        var count = 0;
        var at = start;
        while ((at = TextSearch.IndexOf(owner.Text, pattern, at, budget)) >= 0 && at + pattern.Length <= end)
        {
            at += pattern.Length;
            count++;
        }

        return IntValue.Of(count);
    }

    private static BoolValue Affix(Value self, BoundArguments arguments, Budget budget, Func<string, string, bool> holds)
    {
        var owner = (StringValue)self;
        if (Part(owner, arguments, budget) is not var (start, end)) return BoolValue.False;
        var text = start == 0 && end == owner.Text.Length ? owner.Text : Copy(owner.Text[start..end], budget).Text;
        var parts = arguments[0] is TupleValue { Elements: var several } ? several : [arguments[0]!];
        foreach (var part in parts)
        {
            if (part is not StringValue { Text: var affix })
            {
                throw budget.Error(part, $"startswith and endswith take a string or a tuple of strings, not {part.TypeName}");
            }

            budget.Scan(affix.Length);
            if (holds(text, affix)) return BoolValue.True;
        }

        return BoolValue.False;
    }

    private static StringValue ExpandTabs(string text, int tabSize, Budget budget)
    {
        var sink = new TextSink(budget);
        var column = 0;
        foreach (var c in text)
        {
            if (c == '\t')
            {
                var spaces = tabSize > 0 ? tabSize - column % tabSize : 0;
                sink.Append(' ', spaces);
                column += spaces;
                continue;
            }

            sink.Append(c);
            column = c is '\n' or '\r' ? 0 : char.IsLowSurrogate(c) ? column : column + 1;
        }

        return sink.ToValue();
    }
}
