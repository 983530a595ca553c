using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Decodes one of sixteen packed columns of a block format, by the same arithmetic as from the file.</summary>
internal sealed unsafe class PackedColumn(PackedFormat format)
{
    private const uint EachByte = 0x01010101;
    private readonly PackedScales _scales = new(format);
    private readonly ImmutableArray<sbyte> _values = [.. format.Values.Select(code => (sbyte)(code - format.Zero))];

    /// <summary>Decodes a column.</summary>
    /// <param name="weights">The sixteen columns.</param>
    /// <param name="column">Which of them.</param>
    /// <param name="output">Receives its elements; as many as the column has.</param>
    public void Decode(byte* weights, int column, Span<float> output)
    {
        const int Columns = WeightMatMul.Columns, MostGroups = 2, Offsets = Columns;
        var factors = stackalloc float[PackedScales.MostFactors];
        var scales = stackalloc float[MostGroups * 2 * Columns]; // (groups, scales and offsets, 16)
        Span<uint> words = stackalloc uint[PackedFormat.StepVectors];
        var groupFloats = format.HasOffsets ? 2 * Columns : Columns;
        for (var step = 0; !output.IsEmpty; step++, weights += format.StepBytes)
        {
            if (step % format.BlockSteps == 0)
            {
                _scales.ReadFactors(weights, factors);
                weights += format.BlockBytes;
            }

            _scales.Read(factors, weights, scales);
            var codes = ReadCodes((uint*)(weights + format.Codes) + column, words);
            for (var group = 0; group < format.StepGroups; group++)
            {
                var scale = scales + group * groupFloats + column;
                var groupCodes = codes[..format.GroupElements];
                var values = output[..format.GroupElements];
                if (format.HasOffsets) Blocks.Expand(groupCodes, scale[0], scale[Offsets], values);
                else Blocks.Expand(groupCodes, scale[0], values);
                codes = codes[format.GroupElements..];
                output = output[format.GroupElements..];
            }
        }
    }

    // A word is four codes of the column. The field f of b bits of plane vector v belongs to code vector v + b * f.
    private Span<sbyte> ReadCodes(uint* planes, Span<uint> words)
    {
        words.Clear();
        foreach (var (bits, position) in format.Planes)
        {
            var mask = EachByte * ((1u << bits) - 1);
            for (var vector = 0; vector < bits; vector++, planes += PackedFormat.VectorBytes / sizeof(uint))
            {
                for (var field = 0; field < 8 / bits; field++)
                {
                    words[vector + bits * field] |= (*planes >> bits * field & mask) << position;
                }
            }
        }

        var codes = MemoryMarshal.Cast<uint, sbyte>(words);
        if (!_values.IsEmpty) Codes.LookUp(codes, _values.AsSpan());
        else if (format.Zero != 0) Codes.Add(codes, -format.Zero);
        return codes;
    }
}
