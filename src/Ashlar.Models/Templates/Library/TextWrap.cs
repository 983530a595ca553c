using System.Text.RegularExpressions;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Lines of a bounded width, as Python's <c>textwrap</c> breaks them with the options that Jinja gives it.</summary>
internal sealed partial class TextWrap(int width, bool breaksLongWords, bool breaksOnHyphens, Budget budget)
{
    public StringValue Wrap(string text, string lineEnd)
    {
        if (width <= 0) throw budget.Error($"wordwrap: invalid width {width}");
        var sink = new TextSink(budget);
        var isFirst = true;
        foreach (var paragraph in StringSplits.Lines(text, keepEnds: false, budget))
        {
            foreach (var line in WrapLine(paragraph))
            {
                if (!isFirst) sink.Append(lineEnd);
                isFirst = false;
                sink.Append(line);
            }
        }

        return sink.ToValue();
    }

    /// <summary>White space; a word up to and with a hyphen between letters; a dash of hyphens; any other run.</summary>
    [GeneratedRegex(@"\s+|-{2,}(?=\w)|[^\s-]*[^\W\d_]{2}-(?=[^\W\d_]{2})|[^\s-]+-*|-+")]
    private static partial Regex Chunk();

    [GeneratedRegex(@"\s+|\S+")]
    private static partial Regex PlainChunk();

    private IEnumerable<string> WrapLine(string paragraph)
    {
        if (paragraph.Length == 0)
        {
            yield return "";
            yield break;
        }

        var line = "";
        foreach (var piece in Pieces(paragraph))
        {
            budget.AllocateText(line.Length + piece.Length);
            if (line.Length + piece.Length <= width)
            {
                line += piece;
                continue;
            }

            if (string.IsNullOrWhiteSpace(piece)) continue;
            if (line.Trim().Length > 0) yield return line.TrimEnd();
            line = piece;
        }

        if (line.Trim().Length > 0) yield return line.TrimEnd();
    }

    private IEnumerable<string> Pieces(string paragraph)
    {
        foreach (Match chunk in (breaksOnHyphens ? Chunk() : PlainChunk()).Matches(paragraph))
        {
            var piece = chunk.Value;
            while (breaksLongWords && piece.Length > width)
            {
                yield return piece[..width];
                piece = piece[width..];
            }

            yield return piece;
        }
    }
}
