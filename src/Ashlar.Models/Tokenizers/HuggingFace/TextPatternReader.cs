using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads a <c>pattern</c>: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class TextPatternReader
{
    public static TextPattern Read(JsonPlace place)
    {
        if (place.Text("String") is { } literal) return new LiteralPattern(Encoding.UTF8.GetBytes(literal));
        var regex = place["Regex"].Text();
        if (KnownPatterns.Find(regex) is { } scanner) return new ScannerPattern(scanner);
        try
        {
            return new RegexPattern(regex);
        }
        catch (ArgumentException error)
        {
            throw place["Regex"].Unsupported(
                $"the regular expression '{Printable.Name(regex)}' ({Printable.Name(error.Message)})");
        }
    }
}
