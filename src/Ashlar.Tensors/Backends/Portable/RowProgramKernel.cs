using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Interprets a row program, row by row, as its <see cref="RowPlan"/> says.</summary>
internal sealed unsafe class RowProgramKernel : PortableKernel
{
    private readonly int _width;
    private readonly RowInput[] _inputs;
    private readonly RowStep[] _steps;
    private readonly RowOutput[] _outputs;
    private readonly RowPlan _plan;
    private readonly int[] _constants, _rows; // steps
    private readonly int[][] _read; // (passes, any) the steps that read a vector
    private readonly long[] _strides; // (outputs) bytes from row to row
    private readonly long[][] _biases; // (outputs, biases) where in a row each begins, in bytes

    public RowProgramKernel(RowProgram program)
    {
        (_width, _plan) = (program.Width, new RowPlan(program));
        (_inputs, _steps, _outputs) = ([.. program.Inputs], [.. program.Steps], [.. program.Outputs]);
        var numbers = Enumerable.Range(0, _steps.Length).ToArray();
        _constants = [.. numbers.Where(step => _steps[step].Operation == RowOperation.Constant)];
        _rows = [.. numbers.Where(step => _plan.Places[step] == RowPlace.Row)];
        _read = [.. Enumerable.Range(0, _plan.Passes).Select(pass => numbers.Where(step => IsReadIn(pass, step)).ToArray())];
        _strides = [.. _outputs.Select(BytesFromRowToRow)];
        _biases = [.. _outputs.Select(output => output.Quantized?.Biases.Select(output.Quantized.OffsetOf).ToArray() ?? [])];
        foreach (var output in _outputs)
        {
            if (_plan.IsNumber[output.Step] && output.Form != RowForm.F32)
            {
                throw new NotSupportedException("a number for a whole row is written as F32");
            }
        }
    }

    // The rooms of the steps, then the address of each.
    public override long ScratchBytes => _plan.ScratchBytes + _steps.Length * sizeof(float*);

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var addresses = (float**)(scratch + _plan.ScratchBytes); // (steps)
        for (var step = 0; step < _steps.Length; step++) addresses[step] = (float*)(scratch + _plan.Offsets[step]);
        foreach (var step in _constants) Repeat(addresses[step], _steps[step].Value);
        for (var row = from; row < to; row++)
        {
            for (var pass = 0; pass < _plan.Passes; pass++)
            {
                ComputeNumbers(pass, row, arguments, addresses);
                if (_plan.Vectors[pass].Length > 0 || _plan.Outputs[pass].Length > 0)
                {
                    GoOver(pass, row, arguments, addresses, scratch);
                }
            }

            for (var i = 0; i < _outputs.Length; i++)
            {
                if (!_plan.IsNumber[_outputs[i].Step]) continue;
                ((float*)arguments[_inputs.Length + i])[row * _outputs[i].Stride] = *addresses[_outputs[i].Step];
            }
        }
    }

    private void ComputeNumbers(int pass, long row, long* arguments, float** addresses)
    {
        foreach (var step in _plan.Numbers[pass])
        {
            ref readonly var what = ref _steps[step];
            if (what.Operation == RowOperation.Input) Repeat(addresses[step], *RowOf(what.A, row, arguments));
            else Compute(step, addresses, RowPlan.Lanes);
        }
    }

    private void GoOver(int pass, long row, long* arguments, float** addresses, byte* scratch)
    {
        foreach (var step in _plan.Vectors[pass])
        {
            if (RowPlan.IsReduction(_steps[step])) RowReductions.Clear(addresses[step], IsSum(step));
        }

        for (var start = 0; start < _width; start += RowPlan.PieceElements)
        {
            var count = Math.Min(RowPlan.PieceElements, _width - start);
            var padded = (count + RowPlan.Lanes - 1) / RowPlan.Lanes * RowPlan.Lanes;
            foreach (var step in _rows) addresses[step] = (float*)(scratch + _plan.Offsets[step]) + start;
            foreach (var step in _read[pass])
            {
                var input = RowOf(_steps[step].A, row, arguments) + start;
                var room = (float*)(scratch + _plan.Offsets[step]);
                // What lies behind a row is not ours to read.
                if (count < padded) new ReadOnlySpan<float>(input, count).CopyTo(new Span<float>(room, count));
                addresses[step] = count < padded ? room : input;
            }

            foreach (var step in _plan.Vectors[pass])
            {
                if (!RowPlan.IsReduction(_steps[step])) Compute(step, addresses, padded);
                else RowReductions.Accumulate(addresses[step], Operand(_steps[step].A, addresses), count, IsSum(step));
            }

            foreach (var output in _plan.Outputs[pass]) Write(output, row, start, count, arguments, addresses);
        }

        foreach (var step in _plan.Vectors[pass])
        {
            if (RowPlan.IsReduction(_steps[step])) RowReductions.Finish(addresses[step], IsSum(step));
        }
    }

    private void Write(int output, long row, int start, int count, long* arguments, float** addresses)
    {
        var what = _outputs[output];
        var x = addresses[what.Step];
        var target = (byte*)arguments[_inputs.Length + output] + row * _strides[output];
        switch (what.Form)
        {
            case RowForm.F32:
                new ReadOnlySpan<float>(x, count).CopyTo(new Span<float>((float*)target + start, count));
                break;
            case RowForm.BF16:
                RowWriter.WriteBFloat16(x, (ushort*)target + start, count, isLast: start + count == _width);
                break;
            default:
                RowWriter.WriteQuantized(x, target, what.Quantized!, _biases[output], start, count);
                break;
        }
    }

    private void Compute(int step, float** addresses, int count)
    {
        ref readonly var what = ref _steps[step];
        RowFunctions.Compute(
            what.Operation, addresses[step], Operand(what.A, addresses), Operand(what.B, addresses), Operand(what.C, addresses),
            count);
    }

    private RowOperand Operand(int step, float** addresses) =>
        step < 0 ? default : new RowOperand(addresses[step], _plan.IsNumber[step] ? 0 : 1);

    private bool IsSum(int step) => _steps[step].Operation == RowOperation.SumOfRow;

    private float* RowOf(int input, long row, long* arguments)
    {
        var what = _inputs[input];
        var number = row / what.Divisor;
        if (what.Modulus > 0) number %= what.Modulus;
        var outer = what.OuterDivisor > 0 ? row / what.OuterDivisor * what.OuterStride : 0;
        return (float*)arguments[input] + number * what.Stride + outer;
    }

    private bool IsReadIn(int pass, int step) =>
        _plan.Places[step] == RowPlace.Input
        && (_plan.Vectors[pass].Any(user => _steps[user].A == step || _steps[user].B == step || _steps[user].C == step)
            || _plan.Outputs[pass].Any(output => _outputs[output].Step == step));

    private long BytesFromRowToRow(RowOutput output) => output.Form switch
    {
        RowForm.F32 => output.Stride * sizeof(float),
        RowForm.BF16 => BFloat16Rows.Stride(_width),
        _ when output.Quantized is { } layout && layout.Width == _width && _width % QuantizedRows.Group == 0 => layout.Stride,
        _ => throw new NotSupportedException($"rows of {_width} cannot be quantized to {output.Quantized}"),
    };

    private static void Repeat(float* lanes, float number) => new Span<float>(lanes, RowPlan.Lanes).Fill(number);
}
