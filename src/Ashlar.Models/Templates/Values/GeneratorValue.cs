namespace Ashlar.Models.Templates.Values;

/// <summary>
/// What lazy filters such as <c>map</c> and <c>select</c> give: elements that can be taken once, without length or index.
/// </summary>
internal sealed class GeneratorValue(IEnumerable<Value> elements) : Value
{
    private readonly IEnumerator<Value> _source = elements.GetEnumerator();

    public override string TypeName => "generator";

    public override void WriteRepr(TextSink sink) => sink.Append("<generator object>");

    public override IEnumerable<Value> Iterate(Budget budget)
    {
        while (true)
        {
            // Generators nest: each that feeds on another takes a frame of the stack.
            budget.Enter();
            var hasNext = _source.MoveNext();
            budget.Leave();
            if (!hasNext) yield break;
            yield return _source.Current;
        }
    }
}
