using System.Globalization;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors;

/// <summary>
/// A tensor that is described before it is computed. Operators and methods record nodes of a graph and check shapes at once;
/// nothing is computed until <see cref="Realize"/> or <see cref="ToArray{T}"/>, or until the graph is run by an
/// <see cref="Executable"/>.
/// </summary>
/// <remarks>
/// Axes are counted from 0, or from the back where negative. Element-wise operations broadcast: axes are aligned from the last,
/// and one of size 1 stretches. Methods throw <see cref="ShapeException"/>, naming the operation, its inputs and their shapes.
/// </remarks>
public sealed class Tensor
{
    internal Tensor(Node node) => Node = node;

    /// <summary>The node that computes the tensor.</summary>
    public Node Node { get; }

    /// <summary>The element type.</summary>
    public DType Type => Node.Type;

    /// <summary>The shape.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>A value that every run is given under this key.</summary>
    public static Tensor Input(string key, DType type, Shape shape) => Leaf(new Input(key, type, shape), key);

    /// <summary>A value that lives from run to run; <see cref="Store"/> changes it.</summary>
    public static Tensor State(string key, DType type, Shape shape) => Leaf(new State(key, type, shape), key);

    /// <summary>Data that are known now.</summary>
    /// <param name="data">The elements; not copied.</param>
    /// <param name="label">A name for dumps and errors.</param>
    public static Tensor Weight(TensorData data, string? label = null) => Leaf(new Weight(data), label);

    /// <summary>A copy of an array: float, double, Half, sbyte, short, int, long or bool.</summary>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="sizes">The size of each axis; none given means one axis of all values.</param>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> sizes) where T : unmanaged =>
        Weight(TensorData.From(values, sizes));

    /// <summary>One number.</summary>
    public static Tensor Scalar(double value, DType type = DType.F32) => Leaf(new Constant(value, type));

    /// <summary>0, 1, 2 ... as I32.</summary>
    public static Tensor Range(Dim length) => Leaf(new Iota(length));

    /// <summary>
    /// The same tensor under a name for dumps and errors. Use the result in place of this: they are two nodes, each computed.
    /// </summary>
    public Tensor Named(string label) =>
        Node.Realized is { } data ? Weight(data, label) : new(new Node(Node.Op, Node.Inputs.AsSpan(), label));

    /// <summary>Element by element.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => Apply(BinaryFunction.Add, left, right);

    /// <summary>Element by element.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => Apply(BinaryFunction.Subtract, left, right);

    /// <summary>Element by element; for the matrix product see <see cref="MatMul"/>.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => Apply(BinaryFunction.Multiply, left, right);

    /// <summary>Element by element.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => Apply(BinaryFunction.Divide, left, right);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(Tensor left, double right) => left + Scalar(right, left.Type);

    /// <summary>Subtracts a number from every element.</summary>
    public static Tensor operator -(Tensor left, double right) => left - Scalar(right, left.Type);

    /// <summary>Multiplies every element.</summary>
    public static Tensor operator *(Tensor left, double right) => left * Scalar(right, left.Type);

    /// <summary>Divides every element.</summary>
    public static Tensor operator /(Tensor left, double right) => left / Scalar(right, left.Type);

    /// <summary>Negates every element.</summary>
    public static Tensor operator -(Tensor value) => value.Apply(UnaryFunction.Negate);

    /// <summary>|x|.</summary>
    public Tensor Abs() => Apply(UnaryFunction.Absolute);

    /// <summary>The largest whole number not above x.</summary>
    public Tensor Floor() => Apply(UnaryFunction.Floor);

    /// <summary>e to the x.</summary>
    public Tensor Exp() => Apply(UnaryFunction.Exponential);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Apply(UnaryFunction.Logarithm);

    /// <summary>The square root.</summary>
    public Tensor Sqrt() => Apply(UnaryFunction.SquareRoot);

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => Apply(UnaryFunction.Reciprocal);

    /// <summary>The sine of x radians.</summary>
    public Tensor Sin() => Apply(UnaryFunction.Sine);

    /// <summary>The cosine of x radians.</summary>
    public Tensor Cos() => Apply(UnaryFunction.Cosine);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Apply(UnaryFunction.HyperbolicTangent);

    /// <summary>The error function.</summary>
    public Tensor Erf() => Apply(UnaryFunction.ErrorFunction);

    /// <summary>x to the y.</summary>
    public Tensor Pow(Tensor exponent) => Apply(BinaryFunction.Power, this, exponent);

    /// <summary>The larger of two, element by element.</summary>
    public static Tensor Max(Tensor left, Tensor right) => Apply(BinaryFunction.Maximum, left, right);

    /// <summary>The smaller of two, element by element.</summary>
    public static Tensor Min(Tensor left, Tensor right) => Apply(BinaryFunction.Minimum, left, right);

    /// <summary>Where elements are equal, as Bool.</summary>
    public Tensor EqualTo(Tensor other) => Apply(BinaryFunction.Equal, this, other);

    /// <summary>Where elements are smaller, as Bool.</summary>
    public Tensor LessThan(Tensor other) => Apply(BinaryFunction.Less, this, other);

    /// <summary>Elements of <paramref name="then"/> where this Bool tensor holds, else of <paramref name="otherwise"/>.</summary>
    public Tensor Select(Tensor then, Tensor otherwise) => Apply(new Select(), this, then, otherwise);

    /// <summary>The same numbers in another type; the same tensor where it has that type.</summary>
    public Tensor Cast(DType type) => type == Type ? this : Apply(new Cast(type), this);

    /// <summary>The sum along an axis, which keeps size 1.</summary>
    public Tensor Sum(int axis) => Apply(new Reduce(ReduceFunction.Sum, axis), this);

    /// <summary>The largest along an axis, which keeps size 1.</summary>
    public Tensor Maximum(int axis) => Apply(new Reduce(ReduceFunction.Maximum, axis), this);

    /// <summary>The mean along an axis of constant size, which keeps size 1.</summary>
    public Tensor Mean(int axis)
    {
        var sum = Sum(axis);
        var count = Shape[Shape.AxisFromFront(axis, Shape.Rank)];
        return count.IsConstant
            ? sum / count.Value
            : throw ShapeException.For(sum.Node.Op, [Node], $"the mean needs a constant size, not {count}");
    }

    /// <summary>exp(x) / sum exp(x) along an axis, computed from the differences to the largest.</summary>
    public Tensor Softmax(int axis)
    {
        var powers = (this - Maximum(axis).Detach()).Exp(); // the result is the same whatever is subtracted
        return powers / powers.Sum(axis);
    }

    /// <summary>
    /// Positions of the largest elements along the last axis, largest first, as I32; of equal ones the first wins.
    /// </summary>
    public Tensor TopK(int count) => Apply(new TopK(count), this);

    /// <summary>The same elements in the same order under another shape.</summary>
    public Tensor Reshape(Shape shape) => shape == Shape ? this : Apply(new Reshape(shape), this);

    /// <summary>Axis i of the result is axis <c>axes[i]</c> of this.</summary>
    public Tensor Permute(params ReadOnlySpan<int> axes) => Apply(new Permute([.. axes]), this);

    /// <summary>A run of elements along an axis.</summary>
    public Tensor Slice(int axis, long start, Dim length) => Apply(new Slice(axis, start, length), this);

    /// <summary>Joins tensors along an axis.</summary>
    public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> tensors) => Apply(new Concat(axis), tensors);

    /// <summary>Repeats axes of size 1 to a larger shape.</summary>
    public Tensor Expand(Shape shape) => shape == Shape ? this : Apply(new Expand(shape), this);

    /// <summary>
    /// Rows of this table (rows, ...) by I32 indices (...): (indices..., row...); F16, BF16 and block formats become F32.
    /// </summary>
    public Tensor Gather(Tensor indices) => Apply(new Gather(), this, indices);

    /// <summary>Elements of each row (rows, n) by I32 indices (rows, k) along the last axis: (rows, k).</summary>
    public Tensor GatherColumns(Tensor indices) => Apply(new Gather(Shared: 1), this, indices);

    /// <summary>Adds rows into a table of zeros at I32 indices: the reverse of <see cref="Gather"/>.</summary>
    public Tensor ScatterAdd(Tensor indices, Dim rows) => Apply(new ScatterAdd(rows), this, indices);

    /// <summary>Writes rows into this state at I32 indices, in place; read the result, not the state, to see them.</summary>
    public Tensor Store(Tensor rows, Tensor indices) => Apply(new Store(), this, rows, indices);

    /// <summary>The matrix product with (..., k, n), or with (..., n, k) where transposed, as weights lie on disk.</summary>
    public Tensor MatMul(Tensor right, bool transposeRight = false) => Apply(new MatMul(transposeRight), this, right);

    /// <summary>Each row (m, k) times the transpose of the matrix (groups, n, k) that its I32 group names: (m, n).</summary>
    public Tensor GroupedMatMul(Tensor matrices, Tensor groups) => Apply(new GroupedMatMul(), this, matrices, groups);

    /// <summary>
    /// Transposed(rows (m, n)) rows (m, k) of each I32 group: (groups, n, k), the gradient of the matrices of
    /// <see cref="GroupedMatMul"/>.
    /// </summary>
    internal Tensor GroupedOuter(Tensor right, Tensor groups, Dim count) => Apply(new GroupedOuter(count), this, right, groups);

    /// <summary>
    /// Each row (m, k) times the transpose of the small F32 matrix that its I32 choice names, whose rows lie by eights
    /// (choices, rank / 8, k, 8): (m, rank). Of a matrix, as many rows count as ranks (choices) I32 says; zeros stand for the
    /// others.
    /// </summary>
    public Tensor LowRankDown(Tensor matrices, Tensor choices, Tensor ranks) =>
        Apply(new LowRankDown(), this, matrices, choices, ranks);

    /// <summary>
    /// This (m, n) plus each of the rows (m, rank) times the F32 matrix that its I32 choice names, as panels of sixteen columns
    /// (choices, ceil(n / 16), rank, 16): (m, n). Of a matrix, as many rows count as ranks (choices) I32 says.
    /// </summary>
    public Tensor LowRankUp(Tensor rows, Tensor panels, Tensor choices, Tensor ranks) =>
        Apply(new LowRankUp(), this, rows, panels, choices, ranks);

    /// <summary>
    /// Turns the pairs of each head (tokens, heads, head size) by the token's position; see <see cref="RotaryLayout"/>.
    /// </summary>
    /// <param name="positions">(tokens) I32.</param>
    /// <param name="frequencies">(pairs) F32, radians per position.</param>
    /// <param name="layout">Which elements form a pair.</param>
    /// <param name="magnitude">A factor on what is turned.</param>
    public Tensor Rotary(Tensor positions, Tensor frequencies, RotaryLayout layout, double magnitude = 1) =>
        Apply(new Rotary(layout, magnitude), this, positions, frequencies);

    /// <summary>
    /// Causal attention of these queries (tokens, heads, head size) over a paged cache. Position j of sequence s lies in row
    /// <c>table[s, j / block] * block + j % block</c> of keys and values.
    /// </summary>
    /// <param name="keys">(rows, key heads, head size).</param>
    /// <param name="values">(rows, key heads, value size).</param>
    /// <param name="positions">(tokens) I32: the position of each token in its sequence.</param>
    /// <param name="sequences">(tokens) I32: the row of the table that each token belongs to.</param>
    /// <param name="table">(sequences, blocks) I32.</param>
    /// <param name="blockSize">Positions in a block.</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="window">How many positions a token sees, itself included; 0 for all.</param>
    /// <param name="softCap">Scores become cap * tanh(score / cap); 0 for none.</param>
    /// <param name="sinks">(heads) F32: a score in the softmax that has no value; or null.</param>
    public Tensor Attend(Tensor keys, Tensor values, Tensor positions, Tensor sequences, Tensor table,
        int blockSize, double scale, int window = 0, double softCap = 0, Tensor? sinks = null)
    {
        var op = new Attention(blockSize, scale, window, softCap, sinks is not null);
        return sinks is null
            ? Apply(op, this, keys, values, positions, sequences, table)
            : Apply(op, this, keys, values, positions, sequences, table, sinks);
    }

    /// <summary>The same tensor as a constant: no gradient passes through it.</summary>
    public Tensor Detach() => Apply(new Detach(), this);

    /// <summary>
    /// The same tensor, but not there before another one is: what is computed from it is computed later, and beside what is
    /// computed from this, not instead.
    /// </summary>
    public Tensor After(Tensor trigger) => Apply(new After(), this, trigger);

    /// <summary>The gradients of this number with respect to others that it was computed from.</summary>
    /// <returns>One for each, of its shape; zeros where this does not depend on it.</returns>
    /// <inheritdoc cref="Autodiff.Gradient.Of(Node, ReadOnlySpan{Node})" path="/remarks"/>
    /// <inheritdoc cref="Autodiff.Gradient.Of(Node, ReadOnlySpan{Node})" path="/exception"/>
    public Tensor[] Gradients(params ReadOnlySpan<Tensor> respectTo) => Gradients(respectTo, []);

    /// <summary>
    /// The gradients of this number, for less memory: values in between are computed twice instead of being kept.
    /// </summary>
    /// <param name="respectTo">What it was computed from.</param>
    /// <param name="kept">The values from which others are computed again; none for keeping everything.</param>
    /// <returns>One for each, of its shape; zeros where this does not depend on it.</returns>
    /// <inheritdoc cref="Autodiff.Gradient.Of(Node, ReadOnlySpan{Node}, ReadOnlySpan{Node})" path="/remarks"/>
    /// <inheritdoc cref="Autodiff.Gradient.Of(Node, ReadOnlySpan{Node}, ReadOnlySpan{Node})" path="/exception"/>
    public Tensor[] Gradients(ReadOnlySpan<Tensor> respectTo, ReadOnlySpan<Tensor> kept) =>
        [.. Autodiff.Gradient.Of(Node, NodesOf(respectTo), NodesOf(kept)).Select(node => new Tensor(node))];

    /// <summary>
    /// The same values as a leaf that wants a gradient: <see cref="Backward"/> of a number that is computed from it, in whatever
    /// steps, adds to its <see cref="Gradient"/>. This tensor where it is such a leaf already.
    /// </summary>
    /// <remarks>
    /// What is computed from it remembers how, also when it was realized, so that memory is held as long as a result is referred
    /// to; <see cref="Detach"/> what needs no gradient. A leaf does not change: the next value of a parameter is a new one,
    /// <c>w = (w - w.Gradient * rate).RequiresGradient()</c>.
    /// </remarks>
    /// <exception cref="ArgumentException">The tensor is not F32 or F64.</exception>
    /// <exception cref="InvalidOperationException">It depends on an input or a state, which only a run can give.</exception>
    public Tensor RequiresGradient()
    {
        if (Node.Leaf is not null) return this;
        if (Type is not (DType.F32 or DType.F64)) throw new ArgumentException($"{this} is not F32 or F64; cast it first");
        return new Tensor(Node.Wanting(Node.Op is Weight weight ? weight.Data : Realize(), Node.Label));
    }

    /// <summary>
    /// The gradients of every <see cref="Backward"/> since the leaf was made, or <see cref="ZeroGradient"/> called, added up;
    /// null where there were none, and for a tensor that wants none.
    /// </summary>
    public Tensor? Gradient => Node.Leaf?.Gradient;

    /// <summary>Forgets the <see cref="Gradient"/>.</summary>
    public void ZeroGradient() => Node.Leaf?.Gradient = null;

    /// <summary>
    /// Computes the gradients of this number with respect to all tensors it was computed from that want one, and adds them to
    /// theirs.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor has more than one element, or is not F32 or F64.</exception>
    public void Backward() => Autodiff.Backward.From(Node);

    /// <summary>
    /// A function of each of the tensors that lie along an axis of this one, computed for all at once: as a loop over them would
    /// give, joined along a new first axis.
    /// </summary>
    /// <inheritdoc cref="Batching.Vmap" path="/remarks"/>
    /// <param name="function">What is computed from one of them, and from whatever else, which is the same for all.</param>
    /// <param name="axis">The axis along which they lie.</param>
    /// <exception cref="NotSupportedException">An operation cannot be computed for many; the message names it.</exception>
    public Tensor Vmap(Func<Tensor, Tensor> function, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Batching.Vmap.Of(each => [function(each[0])], [this], [axis])[0];
    }

    /// <summary>Computes the tensor and keeps the result, so that what is built from it later starts there.</summary>
    /// <exception cref="InvalidOperationException">It depends on an input or a state, which only a run can give.</exception>
    public TensorData Realize()
    {
        if (Node.Realized is null)
        {
            using var executable = new Executable(new Graph(Node));
            executable.Run();
            Node.Keep(executable.Output(0));
        }

        return Node.Realized!;
    }

    /// <summary>Computes the tensor and copies its elements, row-major.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var data = Realize();
        var elements = data.AsSpan<T>().ToArray();
        GC.KeepAlive(data); // the span alone does not keep the memory
        return elements;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"tensor {Node}");

    private static Tensor Leaf(Op op, string? label = null) => new(new Node(op, [], label));

    private Tensor Apply(UnaryFunction function) => Apply(new Unary(function), this);

    private static Tensor Apply(BinaryFunction function, Tensor left, Tensor right) => Apply(new Binary(function), left, right);

    internal static Tensor Apply(Op op, params ReadOnlySpan<Tensor> inputs) => new(new Node(op, NodesOf(inputs)));

    private static Node[] NodesOf(ReadOnlySpan<Tensor> tensors)
    {
        var nodes = new Node[tensors.Length];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = tensors[i].Node;
        return nodes;
    }
}
