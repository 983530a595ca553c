using System.Globalization;
using System.Text;
using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Patterns;

/// <summary>
/// Reads regular expressions as ECMA-262 writes them with the flag u, leniently where a pattern without it is common: an escape
/// that is none stands for its character. What a set of texts cannot express (look-around, back references, word boundaries) is
/// an error.
/// </summary>
internal sealed class PatternParser
{
    private static readonly (int, int)[] Digits = [('0', '9')];
    private static readonly (int, int)[] WordCharacters = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    private static readonly (int, int)[] Spaces =
    [
        (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
    ];

    private static readonly (int, int)[] NoLineBreak =
        CodePointRanges.Complement([(10, 10), (13, 13), (0x2028, 0x2029)]);

    private readonly int[] _text;
    private readonly string _place;
    private int _at;
    private int _depth;

    /// <param name="pattern">The pattern.</param>
    /// <param name="place">Where it stands, for messages.</param>
    public PatternParser(string pattern, string place)
    {
        _place = place;
        if (pattern.Length > GrammarLimits.SourceLength) throw new GrammarException(place, "the pattern is too long");
        _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
    }

    /// <exception cref="GrammarException">The pattern is malformed, or asks for what is not supported.</exception>
    public PatternNode Parse()
    {
        var node = ParseAlternatives();
        return _at == _text.Length ? node : throw Error("')' closes nothing; write \\) for the character");
    }

    private PatternNode ParseAlternatives()
    {
        if (++_depth > GrammarLimits.Nesting) throw Error($"groups are nested deeper than {GrammarLimits.Nesting}");
        List<PatternNode> options = [ParseSequence()];
        while (Take('|')) options.Add(ParseSequence());
        _depth--;
        return options.Count == 1 ? options[0] : new PatternNode.Alternatives(options);
    }

    private PatternNode.Sequence ParseSequence()
    {
        List<PatternNode> parts = [];
        while (_at < _text.Length && _text[_at] is not ('|' or ')')) parts.Add(ParseQuantified());
        return new(parts);
    }

    private PatternNode ParseQuantified()
    {
        var part = ParseAtom();
        if (_at == _text.Length) return part;
        var place = Place(_at);
        var (min, max) = (0, (int?)null);
        if (Take('*')) { }
        else if (Take('+')) min = 1;
        else if (Take('?')) max = 1;
        else if (_text[_at] != '{' || !TryTakeBounds(out min, out max)) return part;
        Take('?'); // reluctant: the texts are the same
        return new PatternNode.Repeat(part, min, max, place);
    }

    private bool TryTakeBounds(out int min, out int? max)
    {
        (min, max) = (0, null);
        var start = _at++;
        if (TakeNumber(out min))
        {
            max = min;
            if (Take(',')) max = TakeNumber(out var upper) ? upper : null;
            if (Take('}'))
            {
                return max is null || max >= min ? true : throw Error($"the repetition {{{min},{max}}} has no count");
            }
        }

        _at = start; // a brace that is a character
        return false;
    }

    private bool TakeNumber(out int number)
    {
        var start = _at;
        long value = 0;
        while (_at < _text.Length && _text[_at] is >= '0' and <= '9')
        {
            value = Math.Min((value * 10) + _text[_at++] - '0', int.MaxValue);
        }

        number = (int)value;
        return _at > start;
    }

    private PatternNode ParseAtom()
    {
        var symbol = _text[_at++];
        switch (symbol)
        {
            case '^':
                return new PatternNode.Anchor(Nfa.Begin);
            case '$':
                return new PatternNode.Anchor(Nfa.End);
            case '.':
                return new PatternNode.Characters(NoLineBreak);
            case '[':
                return new PatternNode.Characters(ParseClass());
            case '(':
                SkipGroupKind();
                var group = ParseAlternatives();
                return Take(')') ? group : throw Error("a group is not closed; add ')'");
            case '*' or '+' or '?':
                throw Error($"'{(char)symbol}' repeats nothing; write \\{(char)symbol} for the character", _at - 1);
            case '\\':
                return new PatternNode.Characters(ParseEscape(inClass: false));
            default:
                return new PatternNode.Characters([(symbol, symbol)]);
        }
    }

    private void SkipGroupKind()
    {
        if (!Take('?')) return;
        if (Take(':')) return;
        if (_at + 1 < _text.Length && _text[_at] == '<' && _text[_at + 1] is not ('=' or '!'))
        {
            while (_at < _text.Length && _text[_at] != '>') _at++;
            if (Take('>')) return;
        }

        throw Error("this kind of group (look-around or flags) is not supported; write the pattern without it", _at - 2);
    }

    private (int, int)[] ParseClass()
    {
        var start = _at - 1;
        var negated = Take('^');
        List<(int First, int Last)> ranges = [];
        while (true)
        {
            if (_at >= _text.Length) throw Error("a character class is not closed; add ']'", start);
            if (Take(']')) break;
            var first = ParseClassAtom();
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']' && first is [var (low, high)] && low == high)
            {
                var place = _at++;
                if (ParseClassAtom() is not [var (last, end)] || last != end)
                {
                    throw Error("a range needs a character at its end", place);
                }

                if (last < low) throw Error("the range is the wrong way round", place);
                ranges.Add((low, last));
            }
            else
            {
                ranges.AddRange(first);
            }
        }

        var set = CodePointRanges.Normalize(ranges);
        return negated ? CodePointRanges.Complement(set) : set;
    }

    private (int First, int Last)[] ParseClassAtom()
    {
        var symbol = _text[_at++];
        return symbol == '\\' ? ParseEscape(inClass: true) : [(symbol, symbol)];
    }

    private (int, int)[] ParseEscape(bool inClass)
    {
        if (_at == _text.Length) throw Error("the pattern ends in '\\'; write \\\\ for the character");
        var start = _at - 1;
        var symbol = _text[_at++];
        switch (symbol)
        {
            case 'd': return Digits;
            case 'D': return CodePointRanges.Complement(Digits);
            case 'w': return WordCharacters;
            case 'W': return CodePointRanges.Complement(WordCharacters);
            case 's': return Spaces;
            case 'S': return CodePointRanges.Complement(Spaces);
            case 't': return One('\t');
            case 'n': return One('\n');
            case 'r': return One('\r');
            case 'v': return One('\v');
            case 'f': return One('\f');
            case '0': return One('\0');
            case 'b' when inClass: return One('\b');
            case 'b' or 'B': throw Error("word boundaries are not supported; write out what may stand there", start);
            case >= '1' and <= '9': throw Error("back references are not supported: they are beyond any automaton", start);
            case 'k': throw Error("back references are not supported: they are beyond any automaton", start);
            case 'c' when _at < _text.Length && char.IsAsciiLetter((char)_text[_at]): return One(_text[_at++] & 31);
            case 'x': return One(ParseHex(2, start));
            case 'u': return One(ParseUnicode(start));
            case 'p' or 'P': return ParseProperty(symbol == 'P', start);
            default: return One(symbol);
        }

        static (int, int)[] One(int code) => [(code, code)];
    }

    private int ParseUnicode(int start)
    {
        if (Take('{'))
        {
            var (code, digits) = (0, 0);
            for (; _at < _text.Length && _text[_at] != '}'; digits++) code = Math.Min((code << 4) | HexDigit(start), 0x110000);
            return digits > 0 && Take('}') && code <= CodePointRanges.Last
                ? code
                : throw Error("\\u{...} needs a code point in hexadecimal", start);
        }

        var unit = ParseHex(4, start);
        if (unit is >= 0xD800 and < 0xDC00 && _at + 5 < _text.Length && _text[_at] == '\\' && _text[_at + 1] == 'u')
        {
            _at += 2;
            var low = ParseHex(4, start);
            if (low is >= 0xDC00 and < 0xE000) return char.ConvertToUtf32((char)unit, (char)low);
        }

        return unit is < 0xD800 or > 0xDFFF ? unit : throw Error("half a surrogate pair is no character", start);
    }

    private int ParseHex(int digits, int start)
    {
        var code = 0;
        for (var i = 0; i < digits; i++) code = (code << 4) | HexDigit(start);
        return code;
    }

    private int HexDigit(int start) => _at < _text.Length && _text[_at] < 128 && char.IsAsciiHexDigit((char)_text[_at])
        ? int.Parse([(char)_text[_at++]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : throw Error("the escape needs more hexadecimal digits", start);

    private (int, int)[] ParseProperty(bool negated, int start)
    {
        var name = new StringBuilder();
        if (!Take('{')) throw Error("\\p needs a property in braces, as \\p{L}", start);
        while (_at < _text.Length && _text[_at] != '}') name.Append(char.ConvertFromUtf32(_text[_at++]));
        Take('}');
        var key = name.ToString();
        foreach (var prefix in (ReadOnlySpan<string>)["General_Category=", "gc="])
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)) key = key[prefix.Length..];
        }

        var ranges = CodePointRanges.OfProperty(key)
            ?? throw Error($"the property '{key}' is not supported; general categories are, as \\p{{Lu}}", start);
        return negated ? CodePointRanges.Complement(ranges) : ranges;
    }

    private bool Take(int symbol)
    {
        if (_at >= _text.Length || _text[_at] != symbol) return false;
        _at++;
        return true;
    }

    private string Place(int at) => string.Create(CultureInfo.InvariantCulture, $"{_place}: column {at + 1}");

    private GrammarException Error(string problem, int? at = null) => new(Place(at ?? _at), problem);
}
