using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Which steps of a row program are computed when: the numbers of a row before a pass over its elements, and the elements in
/// passes. A pass computes what the reductions of its level need; the last writes the outputs. What a later pass needs again is
/// computed again where that is cheap, and kept in scratch memory where it is not.
/// </summary>
internal sealed class RowSchedule
{
    private const int CheapCost = 5;

    private readonly RowProgram _program;
    private readonly bool[] _isVector, _isKept;
    private readonly int[] _level, _cost, _firstPass;

    public RowSchedule(RowProgram program)
    {
        _program = program;
        var steps = program.Steps;
        (_isVector, _isKept) = (new bool[steps.Length], new bool[steps.Length]);
        (_level, _cost, _firstPass) = (new int[steps.Length], new int[steps.Length], new int[steps.Length]);
        for (var i = 0; i < steps.Length; i++) Describe(i);

        var isLive = new bool[steps.Length];
        foreach (var output in program.Outputs) Mark(output.Step, isLive);
        Numbers = [.. Enumerable.Range(0, steps.Length).Where(i => isLive[i] && !_isVector[i])];
        var reductions = Numbers.Where(IsReduction).Select(step => _level[step] - 1);
        var vectors = program.Outputs.Where(output => _isVector[output.Step]).Select(output => _level[output.Step]);
        var passes = reductions.Concat(vectors).DefaultIfEmpty(-1).Max() + 1;
        Array.Fill(_firstPass, -1);
        Passes = [.. Enumerable.Range(0, passes).Select(level => Pass(level, isLast: level == passes - 1))];
    }

    /// <summary>The passes over a row's elements.</summary>
    public IReadOnlyList<RowPass> Passes { get; }

    /// <summary>The steps that give a number for a row and are needed.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>Whether a step gives a vector, and not a number for a row.</summary>
    public bool IsVector(int step) => _isVector[step];

    /// <summary>How many passes must be before the one that computes the step; of a number, before the number.</summary>
    public int LevelOf(int step) => _level[step];

    /// <summary>The operations that turn a vector into a number.</summary>
    public bool IsReduction(int step) => IsReduction(_program.Steps[step].Operation);

    /// <summary>Whether the pass that first computes a step keeps it for later ones.</summary>
    public bool IsKept(int step) => _isKept[step];

    /// <summary>Whether the pass is the first that computes a step, and so keeps it where it is kept.</summary>
    public bool Keeps(RowPass pass, int step) => _isKept[step] && _firstPass[step] == pass.Level;

    /// <summary>The operands of a step, in order.</summary>
    public IEnumerable<int> OperandsOf(int step) => OperandsOf(_program.Steps[step]);

    private static bool IsReduction(RowOperation operation) =>
        operation is RowOperation.SumOfRow or RowOperation.MaximumOfRow;

    private static IEnumerable<int> OperandsOf(RowStep step) => step.Operation switch
    {
        RowOperation.Input or RowOperation.Constant => [],
        RowOperation.Select => [step.A, step.B, step.C],
        >= RowOperation.Add and <= RowOperation.Less => [step.A, step.B],
        _ => [step.A],
    };

    private static int CostOf(RowOperation operation) => operation switch
    {
        RowOperation.Exponential or RowOperation.Logarithm or RowOperation.Sine or RowOperation.Cosine => 20,
        RowOperation.HyperbolicTangent or RowOperation.ErrorFunction or RowOperation.Power => 40,
        RowOperation.Divide or RowOperation.Reciprocal or RowOperation.SquareRoot => 8,
        RowOperation.Maximum or RowOperation.Minimum => 3,
        _ => 1,
    };

    private void Describe(int i)
    {
        var step = _program.Steps[i];
        var operands = OperandsOf(step).ToArray();
        var isReduction = IsReduction(step.Operation);
        _isVector[i] = step.Operation == RowOperation.Input
            ? !_program.Inputs[step.A].IsScalar
            : !isReduction && operands.Any(operand => _isVector[operand]);
        _level[i] = operands.Select(operand => _level[operand]).DefaultIfEmpty(0).Max() + (isReduction ? 1 : 0);
        // A bound keeps the sum of a deep graph's paths small.
        _cost[i] = !_isVector[i] ? 0 : Math.Min(1000, CostOf(step.Operation) + operands.Sum(operand => _cost[operand]));
    }

    private void Mark(int step, bool[] isLive)
    {
        if (isLive[step]) return;
        isLive[step] = true;
        foreach (var operand in OperandsOf(step)) Mark(operand, isLive);
    }

    private RowPass Pass(int level, bool isLast)
    {
        var reductions = Numbers.Where(step => IsReduction(step) && _level[step] == level + 1).ToArray();
        var outputs = _program.Outputs.Where(output => isLast && _isVector[output.Step]).ToArray();
        HashSet<int> computed = [], loaded = [];
        foreach (var step in reductions.SelectMany(OperandsOf).Concat(outputs.Select(output => output.Step))) Need(step);
        return new(level, reductions, outputs, [.. computed.Order()], loaded);

        void Need(int step)
        {
            if (!_isVector[step] || computed.Contains(step) || loaded.Contains(step)) return;
            if (_firstPass[step] >= 0 && _firstPass[step] < level && _cost[step] > CheapCost)
            {
                _isKept[step] = true;
                loaded.Add(step);
                return;
            }

            if (_firstPass[step] < 0) _firstPass[step] = level;
            computed.Add(step);
            foreach (var operand in OperandsOf(step)) Need(operand);
        }
    }
}

/// <summary>A pass over a row's elements.</summary>
/// <param name="Level">How many passes are before it.</param>
/// <param name="Reductions">The reductions it computes.</param>
/// <param name="Outputs">The outputs it writes.</param>
/// <param name="Computed">The vectors it computes, in their order.</param>
/// <param name="Loaded">The vectors that an earlier pass kept.</param>
internal sealed record RowPass(
    int Level, IReadOnlyList<int> Reductions, IReadOnlyList<RowOutput> Outputs, IReadOnlyList<int> Computed,
    IReadOnlySet<int> Loaded);
