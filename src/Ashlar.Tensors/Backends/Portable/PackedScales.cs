using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Turns the scales and offsets of a step of packed weights into F32.</summary>
internal sealed unsafe class PackedScales(PackedFormat format)
{
    private const int Columns = WeightMatMul.Columns;
    private static readonly float[] Powers = [.. Enumerable.Range(0, 256).Select(bits => Float4.HalfE8M0((byte)bits))];
    private readonly ScaleForm _form = format.Scales;
    private readonly int _groups = format.StepGroups, _scaleBytes = format.ScaleBytes, _offsets = format.Offsets;
    private readonly int _groupFloats = format.HasOffsets ? 2 * Columns : Columns;

    /// <summary>Reads the scales of a step.</summary>
    /// <param name="factors">The factors of its block, if the format has any.</param>
    /// <param name="step">The step.</param>
    /// <param name="scales">(groups, 16) Receives the scales; each group's offsets, if the format has any, behind them.</param>
    public void Read(byte* factors, byte* step, float* scales)
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
                    for (var column = 0; column < Columns; column++) scales[column] = Powers[step[column]];
                    break;
                case ScaleForm.Steps:
                    Halves(factors, scales);
                    var steps = Vector128.Load((sbyte*)step);
                    Multiply(scales, Vector128.WidenLower(steps), Vector128.WidenUpper(steps));
                    break;
                case ScaleForm.StepsAndOffsets:
                    Steps(factors, Vector128.Load(step), scales);
                    Steps(factors + Columns * sizeof(ushort), Vector128.Load(offsets), scales + Columns);
                    break;
                default:
                    var nibbles = Vector128.Load(step);
                    Steps(factors, nibbles & Vector128.Create((byte)0x0F), scales);
                    Steps(factors + Columns * sizeof(ushort), nibbles >>> 4, scales + Columns);
                    break;
            }
        }
    }

    private static void Steps(byte* factors, Vector128<byte> steps, float* scales)
    {
        Halves(factors, scales);
        Multiply(scales, Vector128.WidenLower(steps).AsInt16(), Vector128.WidenUpper(steps).AsInt16());
    }

    private static void Multiply(float* scales, Vector128<short> low, Vector128<short> high)
    {
        Multiply(scales, low);
        Multiply(scales + Vector256<float>.Count, high);
    }

    private static void Multiply(float* scales, Vector128<short> steps)
    {
        var whole = Vector256.Create(Vector128.WidenLower(steps), Vector128.WidenUpper(steps));
        (Vector256.Load(scales) * Vector256.ConvertToSingle(whole)).Store(scales);
    }

    private static void Halves(byte* halves, float* scales) => PlainNumbers.DecodeF16(
        new ReadOnlySpan<byte>(halves, Columns * sizeof(ushort)), new Span<float>(scales, Columns));
}
