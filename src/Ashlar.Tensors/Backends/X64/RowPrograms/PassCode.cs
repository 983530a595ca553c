using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Writes the code of one pass for up to 32 neighbouring elements, a unit: two or four vectors, each with its own partial sums,
/// so that element i of a row always goes to partial sum i modulo 32, whatever the vectors' size.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="schedule">Its schedule.</param>
/// <param name="frame">Its scratch memory.</param>
/// <param name="pass">The pass.</param>
/// <param name="sums">The partial results of each reduction, those of a vector of the unit after those of the one before.</param>
internal sealed class PassCode(
    RowProgram program, RowSchedule schedule, RowFrame frame, RowPass pass, IReadOnlyDictionary<int, Operand[]> sums)
{
    public const int Unit = 32;

    private RowProgram Program => program;

    private RowSchedule Schedule => schedule;

    private RowFrame Frame => frame;

    private RowPass Pass => pass;

    private IReadOnlyDictionary<int, Operand[]> Sums => sums;

    /// <summary>The code for the first elements from the present index on.</summary>
    /// <param name="isWide">Whether vectors have 512 bits.</param>
    /// <param name="elements">How many elements: a unit, four of them, or the row's last fewer ones.</param>
    /// <param name="together">How many vectors' instructions are mixed.</param>
    public VectorCode Write(bool isWide, int elements, int together)
    {
        var code = new VectorCode(isWide);
        var lanes = isWide ? 16 : 8;
        var vectors = (elements + lanes - 1) / lanes;
        var strands = new Strand[vectors];
        for (var first = 0; first < vectors; first += together)
        {
            code.Interleave(Enumerable.Range(first, Math.Min(together, vectors - first)).Select(vector => (Action)(() =>
            {
                var isTail = (vector + 1) * lanes > elements;
                strands[vector] = new Strand(this, code, vector * lanes, isTail ? elements % lanes : lanes);
                strands[vector].Compute(vector % (Unit / lanes));
            })));
        }

        // Loads come before stores: an output may lie where an input does.
        for (var output = 0; output < program.Outputs.Length; output++)
        {
            if (pass.Outputs.Contains(program.Outputs[output])) Store(code, output, strands, lanes);
        }

        return code;
    }

    private void Store(VectorCode code, int output, Strand[] strands, int lanes)
    {
        var (step, form) = (program.Outputs[output].Step, program.Outputs[output].Form);
        var pointer = program.Inputs.Length + output;
        switch (form)
        {
            case RowForm.Q8:
                var operation = strands.Length * lanes == Unit
                    ? VectorOperation.StoreQuantized
                    : VectorOperation.StoreFourQuantized;
                code.Write(new(operation, default, [.. strands.Select(strand => strand[step])])
                {
                    Place = new(pointer, 1, 0),
                    Immediate = frame.Temporary,
                    Quantized = program.Outputs[output].Quantized,
                });
                break;
            case RowForm.BF16:
                for (var vector = 0; vector < strands.Length || vector * lanes < Unit; vector++)
                {
                    var place = new Place(pointer, 2, vector * lanes * 2);
                    if (vector < strands.Length)
                    {
                        strands[vector].Store(VectorOperation.StoreBFloat16, VectorOperation.StoreBFloat16Tail, step, place);
                    }
                    else
                    {
                        code.Write(new(VectorOperation.StoreZeros, default, []) { Place = place });
                    }
                }

                break;
            default:
                for (var vector = 0; vector < strands.Length; vector++)
                {
                    var place = new Place(pointer, 4, vector * lanes * 4);
                    strands[vector].Store(VectorOperation.Store, VectorOperation.StoreTail, step, place);
                }

                break;
        }
    }

    private int UsesOf(int step) =>
        Enumerable.Range(0, program.Steps.Length).Sum(user => schedule.OperandsOf(user).Count(operand => operand == step))
        + program.Outputs.Count(output => output.Step == step);

    /// <summary>The code of one vector.</summary>
    private sealed class Strand(PassCode owner, VectorCode code, int first, int elements)
    {
        private readonly Dictionary<int, Operand> _values = [];
        private readonly bool _isTail = elements < (code.IsWide ? 16 : 8);
        private Operand _mask;

        public Operand this[int step] => ValueOf(step);

        public void Compute(int vector)
        {
            var (program, pass) = (owner.Program, owner.Pass);
            if (_isTail && !code.IsWide) _mask = code.Move(new Operand(OperandKind.Mask, elements));
            foreach (var step in pass.Loaded.Order())
            {
                _values[step] = code.Load(new(Place.Scratch, 4, owner.Frame.Row(step) + first * 4));
            }

            foreach (var step in pass.Computed)
            {
                if (IsOnlySummed(step)) continue;
                var (operation, a, b, c) = (program.Steps[step].Operation, program.Steps[step].A, program.Steps[step].B,
                    program.Steps[step].C);
                _values[step] = operation == RowOperation.Input
                    ? Load(new(a, 4, first * 4))
                    : StepCode.Write(code, operation, ValueOf(a), ValueOf(b), ValueOf(c));
                if (!owner.Schedule.Keeps(pass, step)) continue;
                code.Write(new(VectorOperation.Store, default, [_values[step]])
                {
                    Place = new(Place.Scratch, 4, owner.Frame.Row(step) + first * 4),
                });
            }

            foreach (var reduction in pass.Reductions) Reduce(reduction, owner.Sums[reduction][vector]);
        }

        public void Store(VectorOperation whole, VectorOperation tail, int step, Place place)
        {
            var value = ValueOf(step);
            code.Write(_isTail && _mask.Kind != OperandKind.None
                ? new(tail, default, [value, _mask]) { Place = place }
                : new(_isTail ? tail : whole, default, [value]) { Place = place });
        }

        private Operand Load(Place place) => _isTail ? code.LoadTail(place, _mask) : code.Load(place);

        private Operand ValueOf(int step)
        {
            if (step < 0) return default;
            if (_values.TryGetValue(step, out var value)) return value;
            var number = owner.Program.Steps[step];
            return number.Operation == RowOperation.Constant ? Operand.Of(number.Value) : owner.Frame.Number(step);
        }

        /// <summary>Whether a step is a product that only a sum of this pass needs, which then rounds once for both.</summary>
        private bool IsOnlySummed(int step) =>
            owner.Program.Steps[step].Operation == RowOperation.Multiply
            && owner.Pass.Reductions.Any(reduction => owner.Program.Steps[reduction].A == step
                && owner.Program.Steps[reduction].Operation == RowOperation.SumOfRow)
            && owner.UsesOf(step) == 1;

        private void Reduce(int reduction, Operand sum)
        {
            var step = owner.Program.Steps[reduction];
            var before = sum.Kind == OperandKind.Slot ? code.Move(sum) : sum;
            Operand after;
            if (step.Operation == RowOperation.MaximumOfRow)
            {
                after = code.Maximum(before, ValueOf(step.A));
            }
            else if (owner.Pass.Computed.Contains(step.A) && IsOnlySummed(step.A))
            {
                var (x, y) = (ValueOf(owner.Program.Steps[step.A].A), ValueOf(owner.Program.Steps[step.A].B));
                after = code.MultiplyAdd(x, y, before);
            }
            else
            {
                after = code.Add(before, ValueOf(step.A));
            }

            code.Assign(sum, _isTail ? code.BlendTail(after, before, _mask) : after);
        }
    }
}
