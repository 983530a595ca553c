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
        var bytes = magnitude.ToByteArray(isUnsigned: true);
        var digits = new char[Math.Max(1, (magnitude.GetBitLength() + bits - 1) / bits)];
        for (var i = 0; i < digits.Length; i++)
        {
            var (at, shift) = Math.DivRem(i * bits, 8);
            var pair = bytes[at] | (at + 1 < bytes.Length ? bytes[at + 1] << 8 : 0);
            digits[^(i + 1)] = (isUpper ? "0123456789ABCDEF" : "0123456789abcdef")[pair >> shift & (1 << bits) - 1];
        }

        return new(digits);
    }
}
