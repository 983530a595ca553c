using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Element-wise operations and reductions over the same rows, fused into one row program.</summary>
/// <param name="domain">The rows; a width of 1 is widened by the first vector that joins.</param>
internal sealed class RowRegion(RowDomain domain) : KernelRegion
{
    private readonly List<RowStep> _steps = [];
    private readonly Dictionary<Node, int> _stepOf = [];
    private readonly Dictionary<(Value Value, long Offset, RowInput Input), int> _inputs = [];
    private readonly List<Slot> _inputSlots = [];
    private readonly List<RowInput> _inputShapes = [];
    private readonly List<(Value Value, RowOutput Output)> _outputs = [];
    private RowDomain _domain = domain;
    private RowProgram? _program;

    /// <summary>The rows.</summary>
    public RowDomain Domain => _domain;

    public override Dim Rows => _domain.Count;

    public override Extent Range => new(_domain.Count);

    public override IEnumerable<Slot> Arguments =>
        [.. _inputSlots, .. _outputs.Select(output => new Slot.Address(output.Value))];

    public override Dim Operations =>
        _domain.Count * (_steps.Count(step => step.Operation > RowOperation.Constant) * _domain.Width);

    /// <summary>Whether it reads the memory of a node.</summary>
    public bool ReadsFrom(Node root) => _inputs.Keys.Any(key => key.Value.Node == root);

    /// <summary>How many rows of others it reads.</summary>
    public int InputCount => _inputShapes.Count;

    /// <summary>Whether the region computes a node.</summary>
    public bool Has(Node node) => _stepOf.ContainsKey(node);

    /// <summary>Whether a node over these rows could join.</summary>
    public bool Takes(RowDomain rows) =>
        rows.Count == _domain.Count && (rows.Width == _domain.Width || rows.Width == 1 || _domain.Width == 1);

    /// <summary>Adds a node whose operands are steps already.</summary>
    public void Add(Node node, RowDomain rows, ReadOnlySpan<int> operands)
    {
        if (_domain.Width == 1 && rows.Width > 1) _domain = rows;
        Nodes.Add(node);
        var (a, b, c) = (operands[0], operands.Length > 1 ? operands[1] : -1, operands.Length > 2 ? operands[2] : -1);
        _stepOf[node] = Step(new RowStep(Operation(node), a, b, c));
    }

    /// <summary>Takes a node's value over without computing anything: the region only changes its form.</summary>
    public void Pass(Node node, int step) => _stepOf[node] = step;

    /// <summary>The step of a node in the region.</summary>
    public int StepOf(Node node) => _stepOf[node];

    /// <summary>A step that reads a value.</summary>
    public int Read(Value value, long offset, RowInput input)
    {
        if (_inputs.TryGetValue((value, offset, input), out var step)) return step;
        if (value.Storage != Storage.Fixed) Reads.Add(value);
        _inputShapes.Add(input);
        _inputSlots.Add(new Slot.Address(value, offset * sizeof(float)));
        return _inputs[(value, offset, input)] = Step(new RowStep(RowOperation.Input, _inputShapes.Count - 1));
    }

    /// <summary>A step that is a number.</summary>
    public int Number(float number)
    {
        var same = _steps.FindIndex(step => step.Operation == RowOperation.Constant
            && BitConverter.SingleToInt32Bits(step.Value) == BitConverter.SingleToInt32Bits(number));
        return same >= 0 ? same : Step(new RowStep(RowOperation.Constant, Value: number));
    }

    /// <summary>Writes a node's value in the value's form.</summary>
    public void Write(Node node, Value value)
    {
        Writes.Add(value);
        var step = _stepOf[node];
        var isScalar = RowDomain.Of(node.Shape)!.Value.Width == 1;
        _outputs.Add((value, new RowOutput(step, value.Form, isScalar ? 1 : _domain.Width, value.Layout)));
    }

    public override KernelSpecification Specification(long rows) => _program ??= new RowProgram(
        (int)_domain.Width, [.. _inputShapes], [.. _steps], [.. _outputs.Select(output => output.Output)]);

    private int Step(RowStep step)
    {
        _steps.Add(step);
        return _steps.Count - 1;
    }

    private static RowOperation Operation(Node node) => node.Op switch
    {
        Cast => RowOperation.FromInteger,
        Binary { Function: BinaryFunction.Equal } when node.Inputs[0].Type == DType.I32 => RowOperation.EqualInteger,
        Binary { Function: BinaryFunction.Less } when node.Inputs[0].Type == DType.I32 => RowOperation.LessInteger,
        Unary unary => unary.Function switch
        {
            UnaryFunction.Negate => RowOperation.Negate,
            UnaryFunction.Absolute => RowOperation.Absolute,
            UnaryFunction.Floor => RowOperation.Floor,
            UnaryFunction.Exponential => RowOperation.Exponential,
            UnaryFunction.Logarithm => RowOperation.Logarithm,
            UnaryFunction.SquareRoot => RowOperation.SquareRoot,
            UnaryFunction.Reciprocal => RowOperation.Reciprocal,
            UnaryFunction.Sine => RowOperation.Sine,
            UnaryFunction.Cosine => RowOperation.Cosine,
            UnaryFunction.HyperbolicTangent => RowOperation.HyperbolicTangent,
            UnaryFunction.ErrorFunction => RowOperation.ErrorFunction,
            _ => throw new NotSupportedException($"no row operation for {unary.Name}"),
        },
        Binary binary => binary.Function switch
        {
            BinaryFunction.Add => RowOperation.Add,
            BinaryFunction.Subtract => RowOperation.Subtract,
            BinaryFunction.Multiply => RowOperation.Multiply,
            BinaryFunction.Divide => RowOperation.Divide,
            BinaryFunction.Maximum => RowOperation.Maximum,
            BinaryFunction.Minimum => RowOperation.Minimum,
            BinaryFunction.Power => RowOperation.Power,
            BinaryFunction.Equal => RowOperation.Equal,
            BinaryFunction.Less => RowOperation.Less,
            _ => throw new NotSupportedException($"no row operation for {binary.Name}"),
        },
        Select => RowOperation.Select,
        Reduce { Function: ReduceFunction.Sum } => RowOperation.SumOfRow,
        Reduce { Function: ReduceFunction.Maximum } => RowOperation.MaximumOfRow,
        _ => throw new NotSupportedException($"no row operation for {node.Op.Name}"),
    };
}
