using System.Globalization;
using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>Cuts the inside of a tag into tokens.</summary>
internal sealed class TagLexer(string source, SourceMap map)
{
    // Names are looked up at every step of a rendering, which must not take long.
    private const int LongestName = 1_000;

    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=",
        "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    /// <summary>Brackets that are open; inside them <c>}}</c> and <c>%}</c> do not end the tag.</summary>
    private readonly Stack<char> _open = new();

    public Token Next(ref int at, TokenKind tagEnd)
    {
        while (at < source.Length && StringText.IsSpace(source[at]))
        {
            at++;
        }

        var start = at;
        if (_open.Count == 0 && TryEnd(ref at, tagEnd == TokenKind.BlockEnd)) return new(tagEnd, "", map.Locate(start));
        if (at == source.Length) return new(TokenKind.End, "", map.Locate(at));

        var c = source[at];
        if (c is '\'' or '"') return new(TokenKind.String, ReadString(ref at), map.Locate(start));
        if (char.IsAsciiDigit(c))
        {
            var kind = NumberText.Scan(source, ref at);
            return new(kind, source[start..at], map.Locate(start));
        }

        if (IsNameStart(c))
        {
            do at++;
            while (at < source.Length && IsNamePart(source[at]));
            if (at - start > LongestName) throw Error($"a name has more than {LongestName} characters", start);
            return new(TokenKind.Name, source[start..at], map.Locate(start));
        }

        foreach (var symbol in Operators)
        {
            if (string.CompareOrdinal(source, at, symbol, 0, symbol.Length) != 0) continue;
            Balance(symbol[0], start);
            at += symbol.Length;
            return new(TokenKind.Operator, symbol, map.Locate(start));
        }

        throw Error($"unexpected character '{c}'", start);
    }

    private static bool IsNameStart(char c) =>
        c == '_' || char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsDigit(c) || char.GetUnicodeCategory(c) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Reads the end of the tag, and of what follows the white space that the end takes with it.</summary>
    private bool TryEnd(ref int at, bool isBlock)
    {
        var sign = at < source.Length && (source[at] == '-' || source[at] == '+' && isBlock) ? source[at] : ' ';
        var mark = sign == ' ' ? at : at + 1;
        if (string.CompareOrdinal(source, mark, isBlock ? "%}" : "}}", 0, 2) != 0) return false;
        at = mark + 2;
        if (sign == '-')
        {
            while (at < source.Length && StringText.IsSpace(source[at])) at++;
        }
        else if (isBlock && sign == ' ' && at < source.Length && source[at] == '\n')
        {
            at++;
        }

        return true;
    }

    private void Balance(char symbol, int at)
    {
        switch (symbol)
        {
            case '(' or '[' or '{':
                _open.Push(symbol);
                break;
            case ')' or ']' or '}':
                var expected = _open.Count == 0 ? '\0' : _open.Pop() switch { '(' => ')', '[' => ']', _ => '}' };
                if (expected == '\0') throw Error($"unexpected '{symbol}'", at);
                if (symbol != expected) throw Error($"unexpected '{symbol}', expected '{expected}'", at);
                break;
        }
    }

    private string ReadString(ref int at)
    {
        var start = at;
        var quote = source[at++];
        var text = new StringBuilder();
        while (at < source.Length)
        {
            var c = source[at++];
            if (c == quote) return text.ToString();
            if (c != '\\' || at == source.Length) text.Append(c);
            else ReadEscape(text, ref at);
        }

        throw Error("the string is never closed", start);
    }

    private void ReadEscape(StringBuilder text, ref int at)
    {
        var c = source[at++];
        switch (c)
        {
            case '\n': break;
            case '\\' or '\'' or '"': text.Append(c); break;
            case 'a': text.Append('\a'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'n': text.Append('\n'); break;
            case 'r': text.Append('\r'); break;
            case 't': text.Append('\t'); break;
            case 'v': text.Append('\v'); break;
            case 'x': AppendHex(text, ref at, 2); break;
            case 'u': AppendHex(text, ref at, 4); break;
            case 'U': AppendHex(text, ref at, 8); break;
            case 'N': throw Error("escapes by character name are not supported; write \\u and four hexadecimal digits", at - 2);
            case >= '0' and <= '7':
                var code = c - '0';
                for (var i = 0; i < 2 && at < source.Length && source[at] is >= '0' and <= '7'; i++)
                {
                    code = code * 8 + source[at++] - '0';
                }

                text.Append((char)code);
                break;
            default:
                // As in Python, an unknown escape stands for itself.
                text.Append('\\').Append(c);
                break;
        }
    }

    private void AppendHex(StringBuilder text, ref int at, int digits)
    {
        var hex = source.AsSpan(at, Math.Min(digits, source.Length - at));
        if (hex.Length < digits
            || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10FFFF)
        {
            throw Error($"the escape needs {digits} hexadecimal digits of a Unicode character", at - 2);
        }

        at += digits;
        if (code < 0x10000) text.Append((char)code);
        else text.Append(char.ConvertFromUtf32((int)code));
    }

    private TemplateException Error(string reason, int at) => new(TemplateErrorKind.Syntax, reason, map.Locate(at));
}
