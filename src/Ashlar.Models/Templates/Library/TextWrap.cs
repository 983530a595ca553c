using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Lines of a bounded width, as Python's <c>textwrap</c> fills them with the options that Jinja gives it.</summary>
internal sealed class TextWrap(int width, bool breaksLongWords, bool breaksOnHyphens, Budget budget)
{
    public StringValue Wrap(string text, string lineEnd)
    {
        if (width <= 0) throw budget.Error($"wordwrap: invalid width {width}");
        var sink = new TextSink(budget);
        var isFirstParagraph = true;
        foreach (var paragraph in StringSplits.Lines(text, keepEnds: false, budget))
        {
            if (!isFirstParagraph) sink.Append(lineEnd);
            isFirstParagraph = false;
            var isFirstLine = true;
            foreach (var line in Fill(new Queue<string>(WordChunks.Split(paragraph, breaksOnHyphens, budget))))
            {
                if (!isFirstLine) sink.Append(lineEnd);
                isFirstLine = false;
                sink.Append(line);
            }
        }

        return sink.ToValue();
    }

    /// <summary>Chunks go into a line while they fit; one that fits no line is cut, or stands alone.</summary>
    private IEnumerable<string> Fill(Queue<string> chunks)
    {
        var isFirst = true;
        var rest = "";
        while (rest.Length > 0 || chunks.Count > 0)
        {
            var line = new List<string>();
            var length = 0;
            if (rest.Length == 0) rest = chunks.Dequeue();
            if (!isFirst && IsBlank(rest) && !chunks.TryDequeue(out rest!)) yield break;
            while (rest.Length > 0 && length + StringValue.CountCodePoints(rest) <= width)
            {
                line.Add(rest);
                length += StringValue.CountCodePoints(rest);
                if (!chunks.TryDequeue(out rest!)) rest = "";
            }

            if (StringValue.CountCodePoints(rest) > width && (breaksLongWords || line.Count == 0))
            {
                var cut = breaksLongWords ? Cut(rest, width - length) : rest.Length;
                budget.AllocateText(rest.Length);
                line.Add(rest[..cut]);
                rest = rest[cut..];
                if (rest.Length == 0 && chunks.TryDequeue(out var next)) rest = next;
            }

            if (line.Count > 0 && IsBlank(line[^1])) line.RemoveAt(line.Count - 1);
            if (line.Count == 0) continue;
            isFirst = false;
            yield return string.Concat(line);
        }
    }

    /// <summary>Where a word too long for a line is cut: after its last hyphen that fits, else where the line ends.</summary>
    private int Cut(string word, int room)
    {
        var end = new StringValue(word).Offset(room);
        if (!breaksOnHyphens || room == 0) return end;
        var hyphen = word.AsSpan(0, end).LastIndexOf('-');
        return hyphen > 0 && word.AsSpan(0, hyphen).ContainsAnyExcept('-') ? hyphen + 1 : end;
    }

    private static bool IsBlank(string chunk) => chunk.All(StringText.IsSpace);
}
