using System.Globalization;
using System.Text;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>
/// Random grammars over the letters a, b, c, and a plain way to say whether they derive a text: for each rule and place, the
/// places where it may end, repeated until nothing is added.
/// </summary>
internal sealed class RandomGbnf
{
    private readonly List<(string Name, Part Body)> _rules = [];

    private abstract record Part
    {
        public sealed record Letter(char Value) : Part;

        public sealed record Rule(int Number) : Part;

        public sealed record Sequence(Part[] Parts) : Part;

        public sealed record Choice(Part[] Parts) : Part;

        public sealed record Repeat(Part Inner, int Min, int? Max) : Part;
    }

    public static RandomGbnf Rules(Random random)
    {
        var grammar = new RandomGbnf();
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++) grammar._rules.Add((i == 0 ? "root" : $"r{i}", Random(random, count, random.Next(2, 4))));
        return grammar;
    }

    public override string ToString() => string.Join('\n', _rules.Select(rule => $"{rule.Name} ::= {Print(rule.Body)}"));

    public bool Derives(string text)
    {
        // ends[rule, from] = the places where the rule may end
        var ends = new HashSet<int>[_rules.Count, text.Length + 1];
        for (var rule = 0; rule < _rules.Count; rule++)
        {
            for (var from = 0; from <= text.Length; from++) ends[rule, from] = [];
        }

        for (var changed = true; changed;)
        {
            changed = false;
            for (var rule = 0; rule < _rules.Count; rule++)
            {
                for (var from = 0; from <= text.Length; from++)
                {
                    foreach (var end in Ends(_rules[rule].Body, from)) changed |= ends[rule, from].Add(end);
                }
            }
        }

        return ends[0, 0].Contains(text.Length);

        HashSet<int> Ends(Part part, int from)
        {
            switch (part)
            {
                case Part.Letter letter:
                    return from < text.Length && text[from] == letter.Value ? [from + 1] : [];
                case Part.Rule rule:
                    return [.. ends[rule.Number, from]];
                case Part.Choice choice:
                    return [.. choice.Parts.SelectMany(option => Ends(option, from))];
                case Part.Sequence sequence:
                    return sequence.Parts.Aggregate((HashSet<int>)[from], (places, next) => [.. places.SelectMany(place => Ends(next, place))]);
                case Part.Repeat repeat:
                    HashSet<int> found = repeat.Min == 0 ? [from] : [];
                    HashSet<int> places = [from];
                    for (var count = 1; count <= (repeat.Max ?? (repeat.Min + text.Length + 1)); count++)
                    {
                        places = [.. places.SelectMany(place => Ends(repeat.Inner, place))];
                        if (count >= repeat.Min) found.UnionWith(places);
                    }

                    return found;
                default:
                    throw new InvalidOperationException();
            }
        }
    }

    private static Part Random(Random random, int rules, int depth)
    {
        if (depth == 0) return random.Next(4) == 0 ? new Part.Rule(random.Next(rules)) : new Part.Letter("abc"[random.Next(3)]);
        Part Inner() => Random(random, rules, depth - 1);
        return random.Next(5) switch
        {
            0 => new Part.Choice([Inner(), Inner()]),
            1 => new Part.Choice([Inner(), new Part.Sequence([])]),
            2 => Repeat(),
            _ => new Part.Sequence([Inner(), Inner()]),
        };

        Part Repeat()
        {
            var min = random.Next(3);
            return new Part.Repeat(Inner(), min, random.Next(2) == 0 ? null : min + random.Next(3));
        }
    }

    private string Print(Part part) => part switch
    {
        Part.Letter letter => $"\"{letter.Value}\"",
        Part.Rule rule => _rules[rule.Number].Name,
        Part.Sequence sequence => sequence.Parts.Length == 0 ? "\"\"" : $"({string.Join(' ', sequence.Parts.Select(Print))})",
        Part.Choice choice => $"({string.Join(" | ", choice.Parts.Select(Print))})",
        Part.Repeat repeat => new StringBuilder(Print(repeat.Inner))
            .Append(CultureInfo.InvariantCulture, $"{{{repeat.Min},{repeat.Max}}}").ToString(),
        _ => throw new InvalidOperationException(),
    };
}
