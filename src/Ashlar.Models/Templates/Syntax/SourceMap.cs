namespace Ashlar.Models.Templates.Syntax;

/// <summary>Turns offsets of a source into lines and columns.</summary>
internal sealed class SourceMap(string source)
{
    private readonly List<int> _lineStarts = [0, .. LineStarts(source)];

    public Position Locate(int offset)
    {
        var line = _lineStarts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new(line + 1, offset - _lineStarts[line] + 1);
    }

    private static IEnumerable<int> LineStarts(string source)
    {
        for (var i = 0; (i = source.IndexOf('\n', i)) >= 0; i++) yield return i + 1;
    }
}
