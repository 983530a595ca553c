using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// Adds rules for the values of goals to a network. A goal has one rule; what its rule uses waits in a queue, so that recursion
/// of schemas becomes recursion of rules.
/// </summary>
internal sealed class ValueEmitter
{
    private readonly NetworkBuilder _network;
    private readonly SchemaDocument _document;
    private readonly Dictionary<Goal, int> _rules = [];
    private readonly Queue<(Goal Goal, int Rule)> _waiting = [];
    private readonly ArrayEmitter _arrays;
    private readonly ObjectEmitter _objects;

    public ValueEmitter(NetworkBuilder network, SchemaDocument document)
    {
        (_network, _document) = (network, document);
        (Shapes, Rules) = (new(document, network.Budget), new(network));
        (_arrays, _objects) = (new(network, this), new(network, this));
    }

    public ShapeBuilder Shapes { get; }

    public JsonRules Rules { get; }

    /// <summary>A goal's rule, which may yet be empty until <see cref="Run"/> fills it.</summary>
    public int RuleOf(Goal goal)
    {
        if (_rules.TryGetValue(goal, out var rule)) return rule;
        rule = _network.AddRule(PlaceOf(goal));
        _rules.Add(goal, rule);
        _waiting.Enqueue((goal, rule));
        return rule;
    }

    /// <summary>Fills the rules that wait, and those that they use.</summary>
    public void Run()
    {
        while (_waiting.TryDequeue(out var next))
        {
            _network.Budget.Place = PlaceOf(next.Goal);
            var (start, end, _) = _network.Rules[next.Rule];
            Add(Shapes.Of(next.Goal), start, end);
        }
    }

    /// <summary>The goal of not meeting a goal.</summary>
    public Goal Not(Goal goal) => _document.Not(goal, _document[goal.Schemas is [var first, ..] ? first : 0].Pointer);

    /// <summary>The error of an array or object that cannot be compiled; thrown by who knows the problem.</summary>
    public GrammarException Error(string problem) => new(_network.Budget.Place, problem);

    private void Add(Shape shape, int from, int to)
    {
        if (shape.Null) _network.AddEmpty(_network.AddLiteral(from, "null"u8), to);
        if (shape.True) _network.AddEmpty(_network.AddLiteral(from, "true"u8), to);
        if (shape.False) _network.AddEmpty(_network.AddLiteral(from, "false"u8), to);

        if (shape.Numbers.Texts(_network.Budget) is { } texts)
        {
            if (!texts.IsEmpty) _network.AddEmpty(_network.AddSet(from, texts), to);
        }
        else
        {
            _network.AddEmpty(Rules.AddNumber(from), to);
        }

        AddStrings(shape.Strings, from, to);
        foreach (var array in shape.Arrays) _arrays.Add(array, from, to);
        foreach (var item in shape.Objects) _objects.Add(item, from, to);
    }

    private void AddStrings(StringSet strings, int from, int to)
    {
        if (strings.IsAll)
        {
            _network.AddEmpty(Rules.AddText(from), to);
            return;
        }

        if (strings.Lengths is { } lengths)
        {
            var max = lengths.Max is { } bound ? Bounded(bound) : NetworkBuilder.Unbounded;
            _network.AddEmpty(Rules.AddText(from, Bounded(lengths.Min), max), to);
        }

        if (!strings.Values.IsEmpty) _network.AddEmpty(Rules.AddText(from, strings.Values), to);
    }

    /// <summary>A count as the network counts.</summary>
    public static int Bounded(long count) => (int)Math.Min(count, NetworkBuilder.Unbounded - 1);

    private string PlaceOf(Goal goal) =>
        _document.PlaceOf(goal.Schemas is [var first, ..] ? _document[first].Pointer : "#");
}
