using static Ashlar.Tensors.Backends.X64.RowPrograms.VectorOperation;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>Which sources of an instruction the processor can take from memory.</summary>
internal static class OperandRules
{
    /// <summary>The code with a load before each instruction for every source that must be in a register.</summary>
    public static List<VectorInstruction> WithLoads(IEnumerable<VectorInstruction> code, Func<Operand> newValue)
    {
        List<VectorInstruction> result = [];
        foreach (var instruction in code)
        {
            var sources = instruction.Sources;
            for (var i = 0; i < sources.Length; i++)
            {
                if (!sources[i].IsMemory || CanBeMemory(instruction, i)) continue;
                var value = newValue();
                result.Add(new(Move, value, [sources[i]]));
                sources = sources.SetItem(i, value);
            }

            result.Add(instruction with { Sources = sources });
        }

        return result;
    }

    /// <summary>Whether source i may be a constant or a slot.</summary>
    public static bool CanBeMemory(VectorInstruction instruction, int i) => instruction.Operation switch
    {
        Move => true,
        Add or Subtract or Multiply or Divide or RawMaximum or RawMinimum or And or AndNot or Or or Xor or AddInteger
            or SubtractInteger or Scale => i == 1,
        SquareRoot or ToInteger or FromInteger or Round => true,
        MultiplyAdd or NegateMultiplyAdd => i == 2 || (i == 1 && !instruction.Sources[2].IsMemory),
        Choose => i is 1 or 2,
        _ => false,
    };
}
