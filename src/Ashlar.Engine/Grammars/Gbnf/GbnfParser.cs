using System.Globalization;
using System.Text;
using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Gbnf;

/// <summary>
/// Reads llama.cpp's GBNF: rules <c>name ::= alternatives</c>, literals in quotation marks, character classes, <c>.</c>, groups,
/// <c>* + ? {m,n}</c>, comments behind <c>#</c>; and <c>%json { ... }</c>. A rule ends with its line, except inside a group and
/// behind <c>|</c> or <c>::=</c>.
/// </summary>
internal sealed class GbnfParser
{
    private static readonly (int, int)[] AnyCharacter = CodePointRanges.All;

    private const int MaxRepetitions = 8; // one behind another

    private readonly string _text;
    private int _at;
    private int _depth;

    public GbnfParser(string text)
    {
        if (text.Length > GrammarLimits.SourceLength) throw new GrammarException("line 1, column 1", "the grammar is too long");
        _text = text;
    }

    /// <summary>The rules in their order.</summary>
    /// <exception cref="GrammarException">The text is malformed.</exception>
    public List<GbnfRule> Parse()
    {
        List<GbnfRule> rules = [];
        for (SkipSpace(lines: true); _at < _text.Length; SkipSpace(lines: true))
        {
            var place = Place(_at);
            var name = ParseName();
            SkipSpace(lines: false);
            if (!Take("::=")) throw Error($"the rule '{name}' needs '::=' behind its name");
            SkipSpace(lines: true);
            rules.Add(new(name, ParseAlternatives(inGroup: false), place));
            if (_at < _text.Length && _text[_at] is not ('\n' or '\r')) throw Error($"'{_text[_at]}' is not expected here");
        }

        return rules;
    }

    private GbnfNode ParseAlternatives(bool inGroup)
    {
        if (++_depth > GrammarLimits.Nesting) throw Error($"groups are nested deeper than {GrammarLimits.Nesting}");
        List<GbnfNode> options = [ParseSequence(inGroup)];
        while (Take("|"))
        {
            SkipSpace(lines: true);
            options.Add(ParseSequence(inGroup));
        }

        _depth--;
        return options.Count == 1 ? options[0] : new GbnfNode.Alternatives(options);
    }

    private GbnfNode.Sequence ParseSequence(bool inGroup)
    {
        List<GbnfNode> parts = [];
        while (_at < _text.Length && _text[_at] is not ('|' or ')' or '\n' or '\r'))
        {
            parts.Add(ParseRepeated());
            SkipSpace(inGroup);
        }

        return new(parts);
    }

    private GbnfNode ParseRepeated()
    {
        var node = ParseElement();
        for (var count = 0; _at < _text.Length; count++)
        {
            if (count == MaxRepetitions) throw Error("an element is repeated over and over; write one repetition");
            var place = Place(_at);
            if (Take("*")) node = new GbnfNode.Repeat(node, 0, null, place);
            else if (Take("+")) node = new GbnfNode.Repeat(node, 1, null, place);
            else if (Take("?")) node = new GbnfNode.Repeat(node, 0, 1, place);
            else if (Take("{")) node = ParseBounds(node, place);
            else break;
        }

        return node;
    }

    private GbnfNode.Repeat ParseBounds(GbnfNode node, string place)
    {
        SkipSpace(lines: false);
        var min = ParseNumber();
        SkipSpace(lines: false);
        var max = min;
        if (Take(","))
        {
            SkipSpace(lines: false);
            max = ParseNumber();
            SkipSpace(lines: false);
        }
        else if (min is null)
        {
            throw Error("a repetition in braces needs a number, as {2} or {2,5}");
        }

        if (!Take("}")) throw Error("a repetition is not closed; add '}'");
        if (max < (min ?? 0)) throw new GrammarException(place, $"the repetition {{{min},{max}}} has no count");
        return new(node, min ?? 0, max, place);
    }

    private int? ParseNumber()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        if (_at == start) return null;
        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < int.MaxValue
            ? number
            : throw new GrammarException(Place(start), "the number is too large");
    }

    private GbnfNode ParseElement()
    {
        var start = _at;
        switch (_text[_at])
        {
            case '"':
                return ParseLiteral();
            case '[':
                return ParseClass();
            case '.':
                _at++;
                return new GbnfNode.Characters(AnyCharacter);
            case '(':
                _at++;
                SkipSpace(lines: true);
                var group = ParseAlternatives(inGroup: true);
                return Take(")") ? group : throw Error("a group is not closed; add ')'");
            case '%':
                if (!Take("%json")) throw Error("only '%json' may follow '%'");
                SkipSpace(lines: true);
                var place = Place(_at);
                return new GbnfNode.Json(TakeJson(start), place);
            default:
                return new GbnfNode.Reference(ParseName(), Place(start));
        }
    }

    private GbnfNode.Literal ParseLiteral()
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= _text.Length || _text[_at] == '\n')
            {
                throw new GrammarException(Place(start), "a literal is not closed; add '\"'");
            }

            if (Take("\"")) return new(text.ToString());
            text.Append(char.ConvertFromUtf32(ParseCharacter()));
        }
    }

    private GbnfNode.Characters ParseClass()
    {
        var start = _at++;
        var negated = Take("^");
        List<(int, int)> ranges = [];
        while (!Take("]"))
        {
            if (_at >= _text.Length) throw new GrammarException(Place(start), "a character class is not closed; add ']'");
            var first = ParseCharacter();
            var last = first;
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                last = ParseCharacter();
                if (last < first) throw Error("the range is the wrong way round");
            }

            ranges.Add((first, last));
        }

        var set = CodePointRanges.Normalize(ranges);
        return new(negated ? CodePointRanges.Complement(set) : set);
    }

    private int ParseCharacter()
    {
        var start = _at;
        if (_at >= _text.Length) throw Error("the grammar ends inside a literal or class");
        if (_text[_at] != '\\')
        {
            if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                throw Error("half a surrogate pair is no character");
            }

            _at += length;
            return rune.Value;
        }

        _at++;
        if (_at >= _text.Length) throw Error("the grammar ends inside an escape");
        var escape = _text[_at++];
        return escape switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'x' => ParseHex(2, start),
            'u' => ParseHex(4, start),
            'U' => ParseHex(8, start),
            '"' or '\\' or '[' or ']' or '-' or '^' or '/' => escape,
            _ => throw new GrammarException(Place(start), $"'\\{escape}' is no escape"),
        };
    }

    private int ParseHex(int digits, int start)
    {
        if (_at + digits > _text.Length || !long.TryParse(
            _text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw new GrammarException(Place(start), "the escape needs more hexadecimal digits");
        }

        _at += digits;
        return code is >= 0 and <= CodePointRanges.Last and not (>= 0xD800 and <= 0xDFFF)
            ? (int)code
            : throw new GrammarException(Place(start), "the escape names no character");
    }

    // The braces or the word behind %json, with strings skipped.
    private string TakeJson(int start)
    {
        var from = _at;
        if (Take("true") || Take("false")) return _text[from.._at];
        var (depth, inString) = (0, false);
        for (; _at < _text.Length; _at++)
        {
            var character = _text[_at];
            if (inString)
            {
                if (character == '\\') _at++;
                else inString = character != '"';
            }
            else if (character == '"')
            {
                inString = true;
            }
            else if (character is '{' or '[')
            {
                depth++;
            }
            else if (character is '}' or ']' && --depth <= 0)
            {
                _at++;
                return _text[from.._at];
            }

            if (depth == 0) break;
        }

        throw new GrammarException(Place(start), "'%json' needs a schema in braces behind it");
    }

    private string ParseName()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '_')) _at++;
        return _at > start ? _text[start.._at] : throw Error(
            _at < _text.Length ? $"'{_text[_at]}' begins no element" : "the grammar ends where a name was expected");
    }

    private void SkipSpace(bool lines)
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == '#')
            {
                while (_at < _text.Length && _text[_at] is not ('\n' or '\r')) _at++;
            }
            else if (_text[_at] is ' ' or '\t' || (lines && _text[_at] is '\n' or '\r'))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private bool Take(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) return false;
        _at += word.Length;
        return true;
    }

    private string Place(int at)
    {
        at = Math.Min(at, _text.Length);
        var line = 1 + _text.AsSpan(0, at).Count('\n');
        var column = at - _text.AsSpan(0, at).LastIndexOf('\n');
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }

    private GrammarException Error(string problem) => new(Place(_at), problem);
}
