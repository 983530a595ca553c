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
        foreach (var (allowed, word) in (ReadOnlySpan<(bool, string)>)[(shape.Null, "null"), (shape.True, "true"), (shape.False, "false")])
        {
            if (allowed) _network.AddEmpty(_network.AddLiteral(from, System.Text.Encoding.ASCII.GetBytes(word)), to);
        }

        if (shape.Numbers.Texts(_network.Budget) is { } texts)
        {
            if (!texts.IsEmpty) _network.AddEmpty(_network.AddSet(from, texts), to);
        }
        else
        {
            _network.AddEmpty(Rules.AddNumber(from), to);
        }

        if (!shape.Strings.IsEmpty) _network.AddEmpty(AddString(shape.Strings, from), to);
        foreach (var array in shape.Arrays) _arrays.Add(array, from, to);
        foreach (var item in shape.Objects) _objects.Add(item, from, to);
    }

    private int AddString(StringSet strings, int from)
    {
        if (strings.IsAll) return Rules.AddText(from);
        if (strings.Pattern is not null) return Rules.AddText(from, strings.ToDfa(_network.Budget));
        return Rules.AddText(from, Bounded(strings.Min), strings.Max is { } max ? Bounded(max) : NetworkBuilder.Unbounded);
    }

    /// <summary>A count as the network counts.</summary>
    public static int Bounded(long count) => (int)Math.Min(count, NetworkBuilder.Unbounded - 1);

    private string PlaceOf(Goal goal) =>
        _document.PlaceOf(goal.Schemas is [var first, ..] ? _document[first].Pointer : "#");
}
