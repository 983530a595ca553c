using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>Lower case, character by character.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        for (var at = 0; at < text.Length;)
        {
            var codePoint = CodePoints.Decode(text, at, out var length);
            if (codePoint == CodePoints.Replacement) output.Write(text.Slice(at, length));
            else Write(codePoint, output);
            at += length;
        }
    }

    /// <summary>Writes a code point in lower case. U+0130 is the one that becomes two.</summary>
    public static void Write(int codePoint, TextBuffer output)
    {
        if (codePoint == 0x130)
        {
            output.Write("i\u0307"u8);
            return;
        }

        output.WriteCodePoint(Rune.ToLowerInvariant(new Rune(codePoint)).Value);
    }
}
