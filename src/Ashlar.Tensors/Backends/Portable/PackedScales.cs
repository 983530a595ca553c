using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Turns the scales and offsets of a step of packed weights into F32.</summary>
internal sealed unsafe class PackedScales(PackedFormat format)
{
    private const int Columns = WeightMatMul.Columns;
    private readonly ScaleForm _form = format.Scales;
    private readonly int _groups = format.StepGroups, _scaleBytes = format.ScaleBytes, _offsets = format.Offsets;
    private readonly int _factors = format.BlockBytes / sizeof(ushort);
    private readonly int _groupFloats = format.HasOffsets ? 2 * Columns : Columns;

    /// <summary>The most numbers that <see cref="ReadFactors"/> gives.</summary>
    public const int MostFactors = 2 * Columns;

    /// <summary>Reads the factors of a block, if the format has any: (16) of the scales, (16) of the offsets.</summary>
    public void ReadFactors(byte* block, float* factors) => HalfNumbers.Decode((ushort*)block, factors, _factors);

    /// <summary>Reads the scales of a step.</summary>
    /// <param name="factors">The factors of its block, if the format has any.</param>
    /// <param name="step">The step.</param>
    /// <param name="scales">(groups, 16) Receives the scales; each group's offsets, if the format has any, behind them.</param>
    public void Read(float* factors, byte* step, float* scales)
    {
        var offsets = step + _offsets;
        for (var group = 0; group < _groups; group++, step += _scaleBytes, offsets += _scaleBytes, scales += _groupFloats)
        {
            switch (_form)
            {
                case ScaleForm.Half:
                    Halves(step, scales);
                    break;
                case ScaleForm.HalfAndOffset:
                    Halves(step, scales);
                    Halves(offsets, scales + Columns);
                    break;
                case ScaleForm.Single:
                    new ReadOnlySpan<float>(step, Columns).CopyTo(new Span<float>(scales, Columns));
                    break;
                case ScaleForm.PowerOfTwo:
                    PowersOfTwo(step, scales);
                    break;
                case ScaleForm.Steps:
                    var steps = Vector128.Load((sbyte*)step);
                    Multiply(factors, Vector128.WidenLower(steps), Vector128.WidenUpper(steps), scales);
                    break;
                case ScaleForm.StepsAndOffsets:
                    Multiply(factors, Vector128.Load(step), scales);
                    Multiply(factors + Columns, Vector128.Load(offsets), scales + Columns);
                    break;
                default:
                    var nibbles = Vector128.Load(step);
                    Multiply(factors, nibbles & Vector128.Create((byte)0x0F), scales);
                    Multiply(factors + Columns, nibbles >>> 4, scales + Columns);
                    break;
            }
        }
    }

    private static void PowersOfTwo(byte* step, float* scales)
    {
        const byte FirstNormal = 2;
        var bits = Vector128.Load(step);
        if (Vector128.LessThanAny(bits, Vector128.Create(FirstNormal)))
        {
            for (var column = 0; column < Columns; column++) scales[column] = Float4.HalfE8M0(step[column]);
            return;
        }

        // The exponent of 2^(bits - 128), in its place.
        var exponents = bits - Vector128<byte>.One;
        (Whole(Vector128.WidenLower(exponents).AsInt16()) << 23).AsSingle().Store(scales);
        (Whole(Vector128.WidenUpper(exponents).AsInt16()) << 23).AsSingle().Store(scales + Vector256<float>.Count);
    }

    private static void Multiply(float* factors, Vector128<byte> steps, float* scales) =>
        Multiply(factors, Vector128.WidenLower(steps).AsInt16(), Vector128.WidenUpper(steps).AsInt16(), scales);

    private static void Multiply(float* factors, Vector128<short> low, Vector128<short> high, float* scales)
    {
        const int Half = Columns / 2;
        (Vector256.Load(factors) * Vector256.ConvertToSingle(Whole(low))).Store(scales);
        (Vector256.Load(factors + Half) * Vector256.ConvertToSingle(Whole(high))).Store(scales + Half);
    }

    private static Vector256<int> Whole(Vector128<short> numbers) => Vector256.WidenLower(numbers.ToVector256Unsafe());

    private static void Halves(byte* halves, float* scales) => HalfNumbers.Decode((ushort*)halves, scales, Columns);
}
