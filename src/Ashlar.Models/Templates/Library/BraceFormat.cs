using System.Globalization;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// <c>str.format</c>: replacement fields in braces, with attributes, indices, conversions and format specifications.
/// </summary>
internal sealed class BraceFormat(string format, BoundArguments arguments, Budget budget)
{
    private int _next;

    public StringValue Apply()
    {
        var sink = new TextSink(budget);
        Write(format, sink, depth: 0);
        return sink.ToValue();
    }

    private void Write(string text, TextSink sink, int depth)
    {
        if (depth > 1) throw budget.Error("format: replacement fields are nested too deep");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c && depth == 0)
            {
                sink.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = FieldEnd(text, i + 1);
                WriteField(text[(i + 1)..end], sink, depth);
                i = end;
            }
            else if (c == '}')
            {
                throw budget.Error("format: single '}' in the format string");
            }
            else
            {
                sink.Append(c);
            }
        }
    }

    private int FieldEnd(string text, int at)
    {
        for (var open = 1; at < text.Length; at++)
        {
            if (text[at] == '{') open++;
            else if (text[at] == '}' && --open == 0) return at;
        }

        throw budget.Error("format: a '{' is never closed");
    }

    private void WriteField(string field, TextSink sink, int depth)
    {
        budget.Scan(field.Length);
        var nameEnd = field.AsSpan().IndexOfAny('!', ':');
        var name = nameEnd < 0 ? field : field[..nameEnd];
        var value = Resolve(name);
        var rest = nameEnd < 0 ? "" : field[nameEnd..];
        if (rest.StartsWith('!'))
        {
            value = rest.Length > 1 && (rest.Length == 2 || rest[2] == ':') ? rest[1] switch
            {
                's' => new StringValue(value.ToText(budget)),
                'r' or 'a' => new StringValue(value.ToRepr(budget)),
                _ => throw budget.Error($"format: unknown conversion '{rest[1]}'"),
            } : throw budget.Error("format: expected ':' after the conversion");
            rest = rest[2..];
        }

        var specification = new TextSink(budget);
        if (rest.Length > 1) Write(rest[1..], specification, depth + 1);

        // Without a specification every type writes its own text; a boolean only then is no number.
        if (specification.Length == 0) value.WriteText(sink);
        else new FormattedValue(FormatSpecification.Parse(specification.ToString(), budget), sink).Write(value);
    }

    private Value Resolve(string name)
    {
        var end = name.AsSpan().IndexOfAny('.', '[');
        var first = end < 0 ? name : name[..end];
        var value = First(first);
        for (var at = first.Length; at < name.Length;)
        {
            if (name[at] == '.')
            {
                var stop = name.AsSpan(at + 1).IndexOfAny('.', '[');
                var attribute = stop < 0 ? name[(at + 1)..] : name.Substring(at + 1, stop);
                value = Members.Attribute(value, new StringValue(attribute), budget);
                at += 1 + attribute.Length;
                continue;
            }

            var close = name[at] == '[' ? name.IndexOf(']', at) : -1;
            if (close < 0) throw budget.Error("format: a '[' is never closed, or text follows a ']'");
            var key = name[(at + 1)..close];
            value = Members.Item(value, Index(key) is { } index ? IntValue.Of(index) : new StringValue(key), budget);
            at = close + 1;
        }

        return value;
    }

    private Value First(string name)
    {
        var index = name.Length == 0 ? _next++ : Index(name);
        if (index is { } position)
        {
            return position < arguments.More.Count
                ? arguments.More[position]
                : throw budget.Error($"format: there is no argument {position}");
        }

        foreach (var argument in arguments.Named)
        {
            budget.Step();
            if (argument.Key == name) return argument.Value;
        }

        throw budget.Error($"format: there is no argument '{name}'");
    }

    private static int? Index(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
