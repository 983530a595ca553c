using System.Globalization;
using Ashlar.Models.Templates.Operations;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// The <c>tojson</c> of chat templates: Python's <c>json.dumps</c>, by default on one line with a space after each
/// comma and colon, and without escaping beyond what JSON demands.
/// </summary>
internal sealed class JsonText(TextSink sink, bool isAscii, string? indent, string comma, string colon, bool sortsKeys)
{
    private int _depth;

    public void Write(Value value)
    {
        sink.Budget.Enter();
        switch (value)
        {
            case NoneValue:
                sink.Append("null");
                break;
            case BoolValue:
                sink.Append(value.IsTrue ? "true" : "false");
                break;
            case IntValue:
                value.WriteRepr(sink);
                break;
            case FloatValue real:
                sink.Append(Number(real.Number));
                break;
            case StringValue text:
                WriteString(text.Text);
                break;
            case DictValue dict:
                WriteObject(dict);
                break;
            case ListValue or TupleValue:
                WriteElements('[', ((SequenceValue)value).Elements, ']', Write);
                break;
            default:
                throw sink.Budget.Error($"tojson: object of type {value.TypeName} is not JSON serializable");
        }

        sink.Budget.Leave();
    }

    private static string Number(double number) => number switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        _ => FloatText.Repr(number),
    };

    private void WriteObject(DictValue dict)
    {
        var entries = dict.Entries;
        if (sortsKeys)
        {
            sink.Budget.AllocateElements(entries.Count);
            entries = new SortOrder(sink.Budget, isCaseSensitive: true).Sort(entries, entry => entry.Key, isDescending: false);
        }

        WriteElements('{', entries, '}', entry =>
        {
            WriteString(Key(entry.Key));
            sink.Append(colon);
            Write(entry.Value);
        });
    }

    private string Key(Value key) => key switch
    {
        StringValue { Text: var text } => text,
        BoolValue => key.IsTrue ? "true" : "false",
        NoneValue => "null",
        FloatValue real => Number(real.Number),
        IntValue => key.ToText(sink.Budget),
        _ => throw sink.Budget.Error($"tojson: keys must be str, int, float, bool or None, not {key.TypeName}"),
    };

    private void WriteElements<T>(char open, IEnumerable<T> elements, char close, Action<T> write)
    {
        sink.Append(open);
        _depth++;
        var isFirst = true;
        foreach (var element in elements)
        {
            if (!isFirst) sink.Append(comma);
            isFirst = false;
            NewLine();
            write(element);
        }

        _depth--;
        if (!isFirst) NewLine();
        sink.Append(close);
    }

    private void NewLine()
    {
        if (indent is null) return;
        sink.Append('\n');
        for (var i = 0; i < _depth; i++) sink.Append(indent);
    }

    private void WriteString(string text)
    {
        sink.Append('"');
        var written = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ' ' && c != '"' && c != '\\' && !(isAscii && c > '\x7E')) continue;
            sink.Append(text.AsSpan(written, i - written));
            written = i + 1;
            sink.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
            });
        }

        sink.Append(text.AsSpan(written));
        sink.Append('"');
    }
}
