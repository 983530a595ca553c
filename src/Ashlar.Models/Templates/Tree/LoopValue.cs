using System.Globalization;
using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>The <c>loop</c> of a loop's body: where it stands, and the way to call it again.</summary>
internal sealed class LoopValue(
    ForStatement statement, Scope scope, IReadOnlyList<Value> items, int depth) : CallableValue("loop")
{
    private static readonly RoutineTable Methods = new("method")
    {
        { "cycle", "*", (self, arguments, budget) => ((LoopValue)self).Cycle(arguments.More, budget) },
        { "changed", "*", (self, arguments, budget) =>
            BoolValue.Of(((LoopValue)self).HasChanged(new TupleValue(arguments.More), budget)) },
    };

    private int _index;
    private Value? _lastSeen;

    public override string TypeName => "LoopContext";

    public override int? Length => items.Count;

    public Value Current => items[_index];

    public bool HasCurrent => _index < items.Count;

    public void MoveNext() => _index++;

    public override Value Attribute(string name, Budget budget) => name switch
    {
        "index" => IntValue.Of(_index + 1),
        "index0" => IntValue.Of(_index),
        "revindex" => IntValue.Of(items.Count - _index),
        "revindex0" => IntValue.Of(items.Count - _index - 1),
        "first" => BoolValue.Of(_index == 0),
        "last" => BoolValue.Of(_index == items.Count - 1),
        "length" => IntValue.Of(items.Count),
        "depth" => IntValue.Of(depth + 1),
        "depth0" => IntValue.Of(depth),
        "previtem" => _index > 0 ? items[_index - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => _index + 1 < items.Count ? items[_index + 1] : new UndefinedValue("there is no next item"),
        _ => (Value?)Methods.Bind(this, name) ?? UndefinedValue.Member(this, name),
    };

    public override Value Call(Arguments arguments, Budget budget)
    {
        if (!statement.IsRecursive) throw budget.Error("the loop must have the 'recursive' marker to be called");
        if (arguments is not { Positional: [var elements], Named: [] })
        {
            throw budget.Error("loop() takes one argument: what to iterate over");
        }

        var sink = new TextSink(budget);
        statement.Loop(scope, sink, elements, depth + 1);
        return sink.ToValue();
    }

    public override void WriteRepr(TextSink sink) =>
        sink.Append(string.Create(CultureInfo.InvariantCulture, $"<LoopContext {_index + 1}/{items.Count}>"));

    private Value Cycle(IReadOnlyList<Value> values, Budget budget) =>
        values.Count > 0 ? values[_index % values.Count] : throw budget.Error("no items for cycling given");

    private bool HasChanged(TupleValue seen, Budget budget)
    {
        if (_lastSeen is not null && seen.EqualTo(_lastSeen, budget)) return false;
        _lastSeen = seen;
        return true;
    }
}
