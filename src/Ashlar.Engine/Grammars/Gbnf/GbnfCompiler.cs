using System.Text;
using Ashlar.Engine.Grammars.Networks;
using Ashlar.Engine.Grammars.Schemas;

namespace Ashlar.Engine.Grammars.Gbnf;

/// <summary>Adds the rules of a GBNF text to a network.</summary>
internal sealed class GbnfCompiler
{
    private readonly NetworkBuilder _network;
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);

    private GbnfCompiler(NetworkBuilder network) => _network = network;

    /// <summary>The rule <c>root</c> of a text.</summary>
    /// <exception cref="GrammarException">The text is malformed, or a rule is missing or there twice.</exception>
    public static int Add(NetworkBuilder network, string text)
    {
        var rules = new GbnfParser(text).Parse();
        var compiler = new GbnfCompiler(network);
        foreach (var rule in rules)
        {
            if (!compiler._rules.TryAdd(rule.Name, network.AddRule(rule.Place)))
            {
                throw new GrammarException(rule.Place, $"the rule '{rule.Name}' is there twice; join the two with '|'");
            }
        }

        foreach (var rule in rules)
        {
            network.Budget.Place = rule.Place;
            var (start, end, _) = network.Rules[compiler._rules[rule.Name]];
            network.AddEmpty(compiler.Add(rule.Body, start), end);
        }

        return compiler._rules.TryGetValue("root", out var root)
            ? root
            : throw new GrammarException("line 1, column 1", "there is no rule 'root'; the text is derived from it");
    }

    private int Add(GbnfNode node, int from)
    {
        switch (node)
        {
            case GbnfNode.Literal literal:
                return _network.AddLiteral(from, Encoding.UTF8.GetBytes(literal.Text), specials: true);
            case GbnfNode.Characters characters:
                var behind = _network.AddState();
                _network.AddCodePoints(from, characters.Ranges, behind);
                return behind;
            case GbnfNode.Reference reference:
                return _rules.TryGetValue(reference.Rule, out var rule)
                    ? _network.AddCall(from, rule)
                    : throw new GrammarException(reference.Place, $"there is no rule '{reference.Rule}'");
            case GbnfNode.Json json:
                return _network.AddCall(from, SchemaCompiler.Add(_network, json.Schema, json.Place));
            case GbnfNode.Sequence sequence:
                return sequence.Parts.Aggregate(from, (state, part) => Add(part, state));
            case GbnfNode.Alternatives alternatives:
                var joined = _network.AddState();
                foreach (var option in alternatives.Options) _network.AddEmpty(Add(option, from), joined);
                return joined;
            case GbnfNode.Repeat repeat:
                return AddRepeat(repeat, from);
            default:
                throw new InvalidOperationException($"no such node: {node}");
        }
    }

    private int AddRepeat(GbnfNode.Repeat repeat, int from)
    {
        var (entry, end) = (_network.AddState(), _network.AddState());
        _network.AddEmpty(from, entry);
        if (repeat.Min == 0) _network.AddEmpty(entry, end);
        if (repeat is { Min: <= 1, Max: null or 1 })
        {
            var back = Add(repeat.Part, entry);
            _network.AddEmpty(back, end);
            if (repeat.Max is null) _network.AddEmpty(back, entry);
        }
        else
        {
            // Counted while matching: however large the count, the part is there once.
            var rule = _network.AddRule(repeat.Place);
            var (start, last, _) = _network.Rules[rule];
            _network.AddEmpty(Add(repeat.Part, start), last);
            _network.AddCall(entry, rule, end, repeat.Min, repeat.Max ?? NetworkBuilder.Unbounded);
        }

        return end;
    }
}
