using Ashlar.Tensors.Backends.Kernels;
using static Ashlar.Tensors.Backends.Kernels.RowOperation;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>What kind of place holds the result of a step.</summary>
internal enum RowPlace
{
    /// <summary>A number for the whole row, repeated over a vector's lanes.</summary>
    Number,
    /// <summary>The memory of the input itself, or a padded copy of its last elements.</summary>
    Input,
    /// <summary>Room for one piece of a row.</summary>
    Piece,
    /// <summary>Room for a row: a result that is needed again after a reduction.</summary>
    Row,
}

/// <summary>
/// How a row program is interpreted: a row is computed in passes, because what depends on a reduction has to wait until it has
/// seen the whole row; a pass goes over the row in pieces, which stay in the first cache from step to step.
/// </summary>
internal sealed class RowPlan
{
    /// <summary>Elements that are padded to: a power of two that every vector divides.</summary>
    public const int Lanes = 16;

    /// <summary>Elements of a piece: enough that choosing what to do next costs nothing beside doing it.</summary>
    public const int PieceElements = 512;

    private readonly RowProgram _program;
    private readonly int[] _passes; // in which each step is computed; a reduction is known after it

    public RowPlan(RowProgram program)
    {
        (_program, _passes) = (program, new int[program.Steps.Length]);
        var steps = program.Steps;
        IsNumber = new bool[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var operands = Operands(steps[i]);
            IsNumber[i] = steps[i].Operation switch
            {
                Input => program.Inputs[steps[i].A].IsScalar,
                SumOfRow or MaximumOfRow => true,
                _ => operands.All(operand => IsNumber[operand]), // and constants
            };
            foreach (var operand in operands) _passes[i] = Math.Max(_passes[i], KnownIn(operand));
        }

        Passes = 1 + (steps.Length == 0 ? 0 : _passes.Max());
        Places = new RowPlace[steps.Length];
        Offsets = new long[steps.Length];
        Numbers = [.. PerPass(step => IsNumber[step] && !IsReduction(steps[step]) && steps[step].Operation != Constant)];
        Vectors = [.. PerPass(step => steps[step].Operation != Input && (!IsNumber[step] || IsReduction(steps[step])))];
        int[] OutputsOf(int pass) =>
        [
            .. Enumerable.Range(0, program.Outputs.Length)
                .Where(output => program.Outputs[output].Step is var step && !IsNumber[step] && _passes[step] == pass),
        ];
        Outputs = [.. Enumerable.Range(0, Passes).Select(OutputsOf)];
        Place();
    }

    /// <summary>How many times a row is gone over.</summary>
    public int Passes { get; }

    /// <summary>(steps) Whether a step gives a number for the whole row.</summary>
    public bool[] IsNumber { get; }

    /// <summary>(steps) What holds the result of each.</summary>
    public RowPlace[] Places { get; }

    /// <summary>(steps) Where in the scratch memory the result's room begins, in bytes.</summary>
    public long[] Offsets { get; }

    /// <summary>(passes, any) Numbers to compute before a pass goes over the row.</summary>
    public int[][] Numbers { get; }

    /// <summary>(passes, any) Vectors and reductions to compute for each piece.</summary>
    public int[][] Vectors { get; }

    /// <summary>(passes, any) Vector outputs to write for each piece.</summary>
    public int[][] Outputs { get; }

    /// <summary>How much scratch memory the rooms take.</summary>
    public long ScratchBytes { get; private set; }

    public static bool IsReduction(RowStep step) => step.Operation is SumOfRow or MaximumOfRow;

    private static int[] Operands(RowStep step) =>
        step.Operation is Input or Constant ? [] : [.. new[] { step.A, step.B, step.C }.Where(operand => operand >= 0)];

    // The first pass in which a step's result can be used.
    private int KnownIn(int step) => _passes[step] + (IsReduction(_program.Steps[step]) ? 1 : 0);

    private IEnumerable<int[]> PerPass(Func<int, bool> belongs) =>
        Enumerable.Range(0, Passes).Select(pass => Enumerable.Range(0, _passes.Length)
            .Where(step => _passes[step] == pass && belongs(step)).ToArray());

    // Rooms for pieces are used again when the last step of the pass that reads them has been computed.
    private void Place()
    {
        const int Line = 64;
        var steps = _program.Steps;
        var lastUse = Enumerable.Range(0, steps.Length).ToArray();
        var lastPass = _passes.ToArray();
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var operand in Operands(steps[i]))
            {
                (lastUse[operand], lastPass[operand]) = (i, Math.Max(lastPass[operand], _passes[i]));
            }
        }

        foreach (var output in _program.Outputs) lastUse[output.Step] = int.MaxValue;
        var free = new Stack<long>();
        long Take(long elements)
        {
            var offset = ScratchBytes;
            ScratchBytes += (elements * sizeof(float) + Line - 1) / Line * Line;
            return offset;
        }

        var rowElements = ((long)_program.Width + Lanes - 1) / Lanes * Lanes;
        var pieceElements = Math.Min(PieceElements, rowElements);
        for (var i = 0; i < steps.Length; i++)
        {
            Places[i] = IsNumber[i] ? RowPlace.Number
                : steps[i].Operation == Input ? RowPlace.Input
                : lastPass[i] > _passes[i] ? RowPlace.Row
                : RowPlace.Piece;
        }

        for (var i = 0; i < steps.Length; i++)
        {
            if (Places[i] == RowPlace.Number) Offsets[i] = Take(Lanes);
            if (Places[i] == RowPlace.Input) Offsets[i] = Take(pieceElements);
            if (Places[i] == RowPlace.Row) Offsets[i] = Take(rowElements);
        }

        foreach (var pass in Vectors)
        {
            var busy = new List<int>();
            foreach (var step in pass)
            {
                // A result may take the place of an operand: elements are read before their room is written.
                foreach (var done in busy.Where(other => lastUse[other] <= step).ToArray())
                {
                    free.Push(Offsets[done]);
                    busy.Remove(done);
                }

                if (Places[step] != RowPlace.Piece) continue;
                Offsets[step] = free.TryPop(out var offset) ? offset : Take(pieceElements);
                busy.Add(step);
            }

            foreach (var step in busy) free.Push(Offsets[step]);
        }
    }
}
