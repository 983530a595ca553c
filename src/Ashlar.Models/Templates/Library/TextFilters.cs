using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters that work on a value's text.</summary>
internal static class TextFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "capitalize", "", Method("capitalize") },
        { "center", "width?", (input, arguments, budget) =>
            Text(input, budget).Call("center", budget, arguments[0] ?? IntValue.Of(80)) },
        { "format", "*, **", (input, arguments, budget) =>
            {
                if (arguments.More.Count > 0 && arguments.Named.Count > 0)
                {
                    throw budget.Error("format takes positions or names, not both");
                }

                Value values = new TupleValue(arguments.More);
                if (arguments.Named.Count > 0)
                {
                    var named = new DictValue(budget);
                    foreach (var (name, value) in arguments.Named) named.Set(new StringValue(name), value);
                    values = named;
                }

                return PercentFormat.Apply(Text(input, budget), values, budget);
            }
        },
        { "indent", "width?, first?, blank?", Indent },
        { "lower", "", Method("lower") },
        { "replace", "old, new, count?", (input, arguments, budget) => new StringValue(StringMethods.Replace(
            Text(input, budget).Text,
            arguments[0]!.ToText(budget),
            arguments[1]!.ToText(budget),
            arguments.Integer(2, -1),
            budget)) },
        { "title", "", Title },
        { "trim", "chars?", (input, arguments, budget) =>
            StringMethods.Strip(Text(input, budget), arguments, budget, atStart: true, atEnd: true) },
        { "truncate", "length?, killwords?, end?, leeway?", Truncate },
        { "upper", "", Method("upper") },
        { "wordcount", "", (input, _, budget) =>
            {
                var text = Text(input, budget).Text;
                budget.Scan(16L * text.Length);
                var (count, isInWord) = (0, false);
                foreach (var rune in text.EnumerateRunes())
                {
                    var isWord = StringCases.IsWordPart(rune);
                    if (isWord && !isInWord) count++;
                    isInWord = isWord;
                }

                return IntValue.Of(count);
            }
        },
        { "wordwrap", "width?, break_long_words?, wrapstring?, break_on_hyphens?", (input, arguments, budget) =>
            new TextWrap(arguments.Integer(0, 79), arguments.Flag(1, true), arguments.Flag(3, true), budget)
                .Wrap(StrictText("wordwrap", input, budget), arguments.Text(2, "\n")) },
    };

    private static RoutineBody Method(string name) => (input, _, budget) => Text(input, budget).Call(name, budget);

    private static StringValue Text(Value input, Budget budget) => input as StringValue ?? new StringValue(input.ToText(budget));

    /// <summary>The text of a string; unlike most filters, these take nothing else.</summary>
    private static string StrictText(string filter, Value input, Budget budget) => input switch
    {
        StringValue { Text: var text } => text,
        _ => throw budget.Error(input, $"{filter} needs a string, not {input.TypeName}"),
    };

    private static Value Call(this StringValue text, string method, Budget budget, params Value[] arguments) =>
        StringMethods.Table.Find(method)!.Invoke(text, Arguments.Of(arguments), budget);

    /// <summary>Each line but the first moved to the right; blank lines stay empty unless it is asked for.</summary>
    private static StringValue Indent(Value input, BoundArguments arguments, Budget budget)
    {
        var text = StrictText("indent", input, budget);
        var indentation = arguments[0] is StringValue given ? given.Text : null;
        var width = indentation is null ? arguments.Integer(0, 4) : 0;
        var (first, blank) = (arguments.Flag(1), arguments.Flag(2));
        var sink = new TextSink(budget);
        if (first) WriteIndentation();
        var isFirst = true;
        foreach (var line in StringSplits.Lines(text + "\n", keepEnds: false, budget))
        {
            if (!isFirst)
            {
                sink.Append('\n');
                if (blank || line.Length > 0) WriteIndentation();
            }

            isFirst = false;
            sink.Append(line);
        }

        return sink.ToValue();

        void WriteIndentation()
        {
            if (indentation is null) sink.Append(' ', width);
            else sink.Append(indentation);
        }
    }

    /// <summary>Words begin after white space, a hyphen or an opening bracket; elsewhere letters become lower case.</summary>
    private static StringValue Title(Value input, BoundArguments arguments, Budget budget)
    {
        var text = Text(input, budget).Text;
        budget.AllocateText(2L * text.Length);
        var title = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !IsBoundary(text[end])) end++;
            if (end > start)
            {
                var head = char.IsHighSurrogate(text[start]) && end > start + 1 ? 2 : 1;
                title.Append(CaseMapping.Upper(text.Substring(start, head))).Append(CaseMapping.Lower(text[(start + head)..end]));
            }

            if (end < text.Length) title.Append(text[end++]);
            start = end;
        }

        return new(title.ToString());

        static bool IsBoundary(char c) => StringText.IsSpace(c) || c is '-' or '(' or '{' or '[' or '<';
    }

    private static Value Truncate(Value input, BoundArguments arguments, Budget budget)
    {
        var (length, leeway) = (arguments.Integer(0, 255), arguments.Integer(3, 5));
        var ending = new StringValue(arguments.Text(2, "..."));
        if (length < ending.CodePoints) throw budget.Error($"truncate: expected length >= {ending.CodePoints}, got {length}");
        if (leeway < 0) throw budget.Error($"truncate: expected leeway >= 0, got {leeway}");
        var size = input.Length ?? throw budget.Error($"object of type '{input.TypeName}' has no len()");
        if (size <= (long)length + leeway) return input;
        if (input is not StringValue text) throw budget.Error($"truncate needs a string, not {input.TypeName}");
        var kept = text.Text[..text.Offset(length - ending.CodePoints)];
        budget.AllocateText(kept.Length + ending.Text.Length);
        if (!arguments.Flag(1) && kept.LastIndexOf(' ') is var space and >= 0) kept = kept[..space];
        return new StringValue(kept + ending.Text);
    }
}
