using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>String methods that take texts apart and put them together.</summary>
internal static class StringSplits
{
    public static readonly RoutineTable Table = new("method")
    {
        { "join", "iterable", (self, arguments, budget) => Join(StringMethods.Text(self), arguments[0]!, budget) },
        { "partition", "sep", (self, arguments, budget) =>
            Partition(StringMethods.Text(self), Separator(arguments, budget), budget) },
        { "rpartition", "sep", (self, arguments, budget) =>
            PartitionLast(StringMethods.Text(self), Separator(arguments, budget), budget) },
        { "split", "sep?, maxsplit?", (self, arguments, budget) => arguments.IsGiven(0)
            ? Split(StringMethods.Text(self), Separator(arguments, budget), arguments.Integer(1, -1), budget)
            : SplitWords(StringMethods.Text(self), arguments.Integer(1, -1), budget)
        },
        { "rsplit", "sep?, maxsplit?", (self, arguments, budget) => arguments.IsGiven(0)
            ? SplitLast(StringMethods.Text(self), Separator(arguments, budget), arguments.Integer(1, -1), budget)
            : SplitLastWords(StringMethods.Text(self), arguments.Integer(1, -1), budget)
        },
        { "splitlines", "keepends?", (self, arguments, budget) => new ListValue(
            [.. Lines(StringMethods.Text(self), arguments.Flag(0), budget).Select(line => new StringValue(line))]) },
    };

    /// <summary>
    /// The lines of a text, by any of Unicode's line ends; a text that ends with one has no empty line after it.
    /// </summary>
    public static IEnumerable<string> Lines(string text, bool keepEnds, Budget budget)
    {
        budget.AllocateText(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny(LineEnds);
            var end = length < 0 ? text.Length : start + length;
            var next = length < 0 ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            budget.AllocateElements(1);
            yield return text[start..(keepEnds ? next : end)];
            start = next;
        }
    }

    private static ReadOnlySpan<char> LineEnds => "\n\r\v\f\x1C\x1D\x1E\x85\u2028\u2029";

    private static StringValue Join(string separator, Value parts, Budget budget)
    {
        var sink = new TextSink(budget);
        var isFirst = true;
        foreach (var part in parts.IterateOrThrow(budget))
        {
            if (part is not StringValue { Text: var text })
            {
                throw budget.Error(part, $"method 'join' takes strings, not {part.TypeName}");
            }

            if (!isFirst) sink.Append(separator);
            isFirst = false;
            sink.Append(text);
            budget.Step();
        }

        return sink.ToValue();
    }

    private static string Separator(BoundArguments arguments, Budget budget) => arguments.Text(0, "") is { Length: > 0 } separator
        ? separator
        : throw budget.Error("empty separator");

    private static TupleValue Partition(string text, string separator, Budget budget)
    {
        budget.AllocateText(text.Length);
        var at = TextSearch.IndexOf(text, separator, 0, budget);
        return at < 0 ? Three(text, "", "") : Three(text[..at], separator, text[(at + separator.Length)..]);
    }

    private static TupleValue PartitionLast(string text, string separator, Budget budget)
    {
        budget.AllocateText(text.Length);
        var at = TextSearch.LastIndexOf(text, separator, text.Length, budget);
        return at < 0 ? Three("", "", text) : Three(text[..at], separator, text[(at + separator.Length)..]);
    }

    private static TupleValue Three(string a, string b, string c) =>
        new([new StringValue(a), new StringValue(b), new StringValue(c)]);

    private static ListValue Split(string text, string separator, int most, Budget budget)
    {
        var parts = new List<Value>();
        var from = 0;
        for (int at; (most < 0 || parts.Count < most) && (at = TextSearch.IndexOf(text, separator, from, budget)) >= 0;)
        {
            Keep(parts, text, from, at, budget);
            from = at + separator.Length;
        }

        Keep(parts, text, from, text.Length, budget);
        return new(parts);
    }

    private static ListValue SplitLast(string text, string separator, int most, Budget budget)
    {
        var parts = new List<Value>();
        var end = text.Length;
        for (int at; (most < 0 || parts.Count < most) && (at = TextSearch.LastIndexOf(text, separator, end, budget)) >= 0;)
        {
            Keep(parts, text, at + separator.Length, end, budget);
            end = at;
        }

        Keep(parts, text, 0, end, budget);
        parts.Reverse();
        return new(parts);
    }

    private static ListValue SplitWords(string text, int most, Budget budget)
    {
        budget.Scan(text.Length);
        var parts = new List<Value>();
        for (var i = SkipSpace(0); i < text.Length; i = SkipSpace(i))
        {
            var start = i;
            if (most >= 0 && parts.Count == most)
            {
                Keep(parts, text, start, text.Length, budget);
                break;
            }

            while (i < text.Length && !StringText.IsSpace(text[i])) i++;
            Keep(parts, text, start, i, budget);
        }

        return new(parts);

        int SkipSpace(int at)
        {
            while (at < text.Length && StringText.IsSpace(text[at])) at++;
            return at;
        }
    }

    private static ListValue SplitLastWords(string text, int most, Budget budget)
    {
        budget.Scan(text.Length);
        var parts = new List<Value>();
        for (var i = SkipSpace(text.Length); i > 0; i = SkipSpace(i))
        {
            var end = i;
            if (most >= 0 && parts.Count == most)
            {
                Keep(parts, text, 0, end, budget);
                break;
            }

            while (i > 0 && !StringText.IsSpace(text[i - 1])) i--;
            Keep(parts, text, i, end, budget);
        }

        parts.Reverse();
        return new(parts);

        int SkipSpace(int at)
        {
            while (at > 0 && StringText.IsSpace(text[at - 1])) at--;
            return at;
        }
    }

    private static void Keep(List<Value> parts, string text, int start, int end, Budget budget)
    {
        budget.AllocateElements(1);
        budget.AllocateText(end - start);
        parts.Add(new StringValue(text[start..end]));
    }
}
