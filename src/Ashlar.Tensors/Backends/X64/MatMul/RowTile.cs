using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The innermost loop: some rows times sixteen columns, over a range of k. For every 32 elements of k, each output takes
/// <c>acc = fma(p, scale of the row, acc)</c> with <c>p = dot * scale</c>, or of two groups of 16
/// <c>p = fma(dot1, scale1, dot0 * scale0)</c>; then for each group <c>acc = fma(offset, sum of the row, acc)</c>.
/// </summary>
internal sealed class RowTile
{
    private readonly QuantizedVectors _vectors;
    private readonly PackedFormat _format;
    private readonly QuantizedRows _layout;
    private readonly DotProduct _dot;
    private readonly int _rows, _halves;
    private readonly int _firstSum, _firstTotal, _firstPart, _firstWeight, _firstSecond, _temporary, _activations, _registers;

    public RowTile(QuantizedVectors vectors, PackedFormat format, QuantizedRows layout, int rows)
    {
        (_vectors, _format, _layout, _rows) = (vectors, format, layout, rows);
        _dot = new DotProduct(vectors, format);
        _halves = vectors.IsWide ? 1 : 2;
        var outputs = rows * _halves;
        _firstSum = outputs;
        _firstTotal = _firstSum + outputs;
        _firstPart = _firstTotal + (_dot.IsInHalves ? outputs : 0);
        _firstWeight = _firstPart + (format.StepGroups > 1 ? outputs : 0);
        _firstSecond = _firstWeight + _halves;
        _temporary = _firstSecond + (_dot.WeightRegisters > 1 ? _halves : 0);
        _activations = _temporary + 1;
        _registers = _activations + 1;
    }

    /// <summary>The most rows that a tile can have: all that it works on stays in registers.</summary>
    public static int MostRows(QuantizedVectors vectors, PackedFormat format, QuantizedRows layout)
    {
        for (var rows = 12; rows > 1; rows--)
        {
            if (new RowTile(vectors, format, layout, rows)._registers <= vectors.Registers) return rows;
        }

        return 1;
    }

    /// <summary>Rows of the tile.</summary>
    public int RowCount => _rows;

    /// <summary>Emits the loop over k, from <see cref="Position"/> to <see cref="BlockEnd"/>.</summary>
    /// <param name="source">Where the weights come from; <see cref="Weights"/> points to the first step.</param>
    /// <param name="ahead">Emits what each step asks of memory for later.</param>
    public void Loop(IWeightSource source, Action? ahead)
    {
        source.Prepare(new Queue<int>(Enumerable.Range(_registers, Math.Max(_vectors.Registers - _registers, 0))));
        LoopOverK.Emit(_vectors.Code, source, () =>
        {
            for (var group = 0; group < _format.StepGroups; group++) EmitGroup(source, group);
            ahead?.Invoke();
        });
    }

    /// <summary>Empties the outputs.</summary>
    public void Clear()
    {
        for (var output = 0; output < _rows * _halves; output++) _vectors.Zero(output);
    }

    /// <summary>Calls for every output with its register, row and half.</summary>
    public void ForOutputs(Action<int, int, int> each)
    {
        for (var row = 0; row < _rows; row++)
        {
            for (var half = 0; half < _halves; half++) each(Output(row, half), row, half);
        }
    }

    /// <summary>A register that is free outside of the loop, for each half.</summary>
    public int Mask(int half) => _firstWeight + half;

    private int Output(int row, int half) => row * _halves + half;

    private int Sum(int row, int half) => _firstSum + Output(row, half);

    private int Total(int row, int half) => _firstTotal + Output(row, half);

    private int Part(int row, int half) => _firstPart + Output(row, half);

    private AssemblerMemoryOperand Activations(int row, int vector) =>
        Operand(Rows + Position * 8 + checked((int)(row * _layout.Stride) + vector * 4));

    private AssemblerMemoryOperand Scale(int row) =>
        Operand(Rows + Position + checked((int)(row * _layout.Stride + _layout.Scales)));

    private AssemblerMemoryOperand Bias(int row, int group) => Operand(
        Rows + Position * _format.StepGroups
        + checked((int)(row * _layout.Stride + _layout.OffsetOf(_format.Bias)) + group * 4));

    private AssemblerMemoryOperand Operand(AssemblerMemoryOperand place) =>
        _vectors.IsWide ? __dword_bcst[place] : __dword_ptr[place];

    private void EmitGroup(IWeightSource source, int group)
    {
        BeginSums(group);
        var vectorsOfGroup = _format.GroupElements / 4;
        for (var vector = 0; vector < vectorsOfGroup; vector++)
        {
            var isSecondHalf = _dot.IsInHalves && vector == vectorsOfGroup / 2;
            if (isSecondHalf) ForOutputs((_, row, half) => _dot.Widen(Total(row, half), Sum(row, half)));
            EmitVector(source, group * vectorsOfGroup + vector, isFirst: vector == 0 || isSecondHalf);
        }

        EndSums(group);
        Scale(source, group);
        if (group == _format.StepGroups - 1 && _format.HasOffsets) AddOffsets(source);
    }

    private void BeginSums(int group) => ForOutputs((_, row, half) =>
    {
        if (_dot.EndsWithBias) return;
        if (_format.Zero == 0 || _dot.IsWithoutBias) _vectors.Zero(Sum(row, half));
        else _vectors.Broadcast(Sum(row, half), Plain(Bias(row, group)));
    });

    private void EmitVector(IWeightSource source, int vector, bool isFirst)
    {
        for (var half = 0; half < _halves; half++)
        {
            source.ReadCodes(_firstWeight + half, _temporary, vector, half);
            _dot.Prepare(_firstWeight + half, _firstSecond + half);
        }

        for (var row = 0; row < _rows; row++)
        {
            if (_dot.TakesActivations) _vectors.Broadcast(_activations, Plain(Activations(row, vector)));
            for (var half = 0; half < _halves; half++)
            {
                _dot.Add(
                    Sum(row, half), _firstWeight + half, _firstSecond + half, _activations, _temporary, Activations(row, vector),
                    isFirst);
            }
        }
    }

    private void EndSums(int group)
    {
        if (!_dot.EndsWithBias) return;
        ForOutputs((_, row, half) =>
        {
            var sum = Sum(row, half);
            _dot.Widen(sum, sum);
            if (_dot.IsInHalves) _vectors.AddIntegers(sum, sum, Total(row, half));
            if (_format.Zero == 0) return;
            if (half == 0) _vectors.Broadcast(_temporary, Plain(Bias(row, group)));
            _vectors.AddIntegers(sum, sum, _temporary);
        });
    }

    private void Scale(IWeightSource source, int group)
    {
        for (var half = 0; half < _halves; half++) source.ReadScales(_firstWeight + half, _temporary, group, half);
        var isLast = group == _format.StepGroups - 1;
        ForOutputs((_, row, half) => _vectors.ToFloat(Sum(row, half), Sum(row, half)));
        ForOutputs((output, row, half) =>
        {
            var product = _format.StepGroups > 1 ? Part(row, half) : Sum(row, half);
            if (group == 0) _vectors.Multiply(product, Sum(row, half), _firstWeight + half);
            else _vectors.MultiplyAdd(product, Sum(row, half), _firstWeight + half);
            if (isLast) AddProduct(output, product, Scale(row), half);
        });
    }

    private void AddOffsets(IWeightSource source)
    {
        for (var group = 0; group < _format.StepGroups; group++)
        {
            for (var half = 0; half < _halves; half++) source.ReadOffsets(_firstWeight + half, _temporary, group, half);
            ForOutputs((output, row, half) => AddProduct(output, _firstWeight + half, Bias(row, group), half));
        }
    }

    private void AddProduct(int output, int factor, AssemblerMemoryOperand ofRow, int half)
    {
        if (_vectors.IsWide)
        {
            _vectors.MultiplyAdd(output, factor, ofRow);
            return;
        }

        if (half == 0) _vectors.Broadcast(_activations, ofRow);
        _vectors.MultiplyAdd(output, factor, _activations);
    }

    // A broadcast that is an instruction of its own names four bytes of memory, not a repetition of them.
    private static AssemblerMemoryOperand Plain(AssemblerMemoryOperand place) => __dword_ptr[place];
}
