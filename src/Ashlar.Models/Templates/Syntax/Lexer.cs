using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>
/// Cuts a source into tokens, one at a time. White space is treated as chat templates expect
/// (Jinja's <c>trim_blocks</c> and <c>lstrip_blocks</c>): the newline after a block tag goes, and so does the
/// indentation before it; <c>-</c> in a tag strips all white space on its side, <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly TagLexer _tags;
    private readonly SourceMap _map;
    private TokenKind _tagEnd = TokenKind.End;
    private int _at;

    public Lexer(string source)
    {
        _source = Normalize(source);
        _map = new(_source);
        _tags = new(_source, _map);
    }

    public Token Next()
    {
        if (_tagEnd != TokenKind.End)
        {
            var token = _tags.Next(ref _at, _tagEnd);
            if (token.Kind == _tagEnd) _tagEnd = TokenKind.End;
            return token;
        }

        while (_at < _source.Length)
        {
            var start = _at;
            var tag = FindTag(start);
            var sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            var dataEnd = tag < _source.Length ? StripBefore(start, tag, sign) : tag;
            if (dataEnd > start)
            {
                // The tag itself is read by the next call, which finds no data before it.
                _at = tag;
                return new(TokenKind.Data, _source[start..dataEnd], _map.Locate(start));
            }

            if (tag == _source.Length) break;
            _at = tag + (sign == ' ' ? 2 : 3);
            switch (_source[tag + 1])
            {
                case '#':
                    SkipComment(tag);
                    break;
                case '{':
                    _tagEnd = TokenKind.VariableEnd;
                    return new(TokenKind.VariableBegin, "", _map.Locate(tag));
                case var _ when TryRaw(tag) is { } raw:
                    if (raw.Text.Length > 0) return raw;
                    break;
                default:
                    _tagEnd = TokenKind.BlockEnd;
                    return new(TokenKind.BlockBegin, "", _map.Locate(tag));
            }
        }

        _at = _source.Length;
        return new(TokenKind.End, "", _map.Locate(_at));
    }

    /// <summary>Newlines become line feeds, and one at the very end is dropped.</summary>
    private static string Normalize(string source)
    {
        if (source.Contains('\r'))
        {
            source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        }

        return source.EndsWith('\n') ? source[..^1] : source;
    }

    private int FindTag(int start)
    {
        for (var i = start; (i = _source.IndexOf('{', i)) >= 0 && i + 1 < _source.Length; i++)
        {
            if (_source[i + 1] is '{' or '%' or '#') return i;
        }

        return _source.Length;
    }

    /// <summary>Where the data before a tag ends once the tag's sign, or its indentation, has taken its part.</summary>
    private int StripBefore(int start, int tag, char sign)
    {
        var end = tag;
        while (end > start && StringText.IsSpace(_source[end - 1]) && (sign == '-' || _source[end - 1] != '\n')) end--;
        if (sign == '-') return end;

        // Indentation alone: nothing but white space since the line began.
        var isIndentation = end == 0 || _source[end - 1] == '\n';
        return sign == ' ' && _source[tag + 1] != '{' && isIndentation ? end : tag;
    }

    private void SkipComment(int tag)
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateException(TemplateErrorKind.Syntax, "the comment is never closed; add '#}'", _map.Locate(tag));
        }

        var sign = end > _at ? _source[end - 1] : ' ';
        _at = StripAfter(end + 2, sign);
    }

    /// <summary>Where the source goes on after a tag that ends with that sign.</summary>
    private int StripAfter(int at, char sign)
    {
        if (sign == '-') return SkipSpace(at);
        return sign != '+' && at < _source.Length && _source[at] == '\n' ? at + 1 : at;
    }

    /// <summary>The text of a raw block whose opening tag begins here; null where it is another tag.</summary>
    private Token? TryRaw(int tag)
    {
        if (RawTagEnd(_at, "raw") is not { } opened) return null;
        var start = opened.Sign == '-' ? SkipSpace(opened.End) : opened.End;
        for (var i = start; (i = _source.IndexOf("{%", i, StringComparison.Ordinal)) >= 0; i += 2)
        {
            var sign = i + 2 < _source.Length && _source[i + 2] is '-' or '+' ? _source[i + 2] : ' ';
            if (RawTagEnd(i + (sign == ' ' ? 2 : 3), "endraw") is not { } closed) continue;
            _at = StripAfter(closed.End, closed.Sign);
            var end = StripBefore(start, i, sign);
            return new(TokenKind.Data, _source[start..end], _map.Locate(tag));
        }

        throw new TemplateException(
            TemplateErrorKind.Syntax, "the raw block is never closed; add '{% endraw %}'", _map.Locate(tag));
    }

    private (int End, char Sign)? RawTagEnd(int at, string name)
    {
        at = SkipSpace(at);
        if (string.CompareOrdinal(_source, at, name, 0, name.Length) != 0) return null;
        at = SkipSpace(at + name.Length);
        var sign = at < _source.Length && (_source[at] == '-' || _source[at] == '+' && name == "endraw") ? _source[at++] : ' ';
        return string.CompareOrdinal(_source, at, "%}", 0, 2) == 0 ? (at + 2, sign) : null;
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && StringText.IsSpace(_source[at])) at++;
        return at;
    }
}
