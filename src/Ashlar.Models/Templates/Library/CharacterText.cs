using System.Numerics;
using System.Text;

namespace Ashlar.Models.Templates.Library;

/// <summary>Characters from their codes, and digits in bases that are powers of two.</summary>
internal static class CharacterText
{
    public static string FromCode(BigInteger code, Budget budget) => code >= 0 && code <= 0x10FFFF && Rune.IsValid((int)code)
        ? new Rune((int)code).ToString()
        : throw budget.Error("%c takes the code of a character");

    public static string Digits(BigInteger magnitude, int bits, bool isUpper)
    {
        var digits = new StringBuilder();
        var mask = (1 << bits) - 1;
        do
        {
            digits.Insert(0, (isUpper ? "0123456789ABCDEF" : "0123456789abcdef")[(int)(magnitude & mask)]);
            magnitude >>= bits;
        }
        while (!magnitude.IsZero);
        return digits.ToString();
    }
}
