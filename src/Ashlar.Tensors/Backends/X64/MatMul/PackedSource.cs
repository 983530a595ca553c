using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Unpacks weights in registers as they lie in memory: see <see cref="PackedFormat"/>.</summary>
internal sealed class PackedSource(QuantizedVectors vectors, PackedFormat format) : IWeightSource
{
    private const int HalfBytes = 32, OffsetFactors = WeightMatMul.Columns * sizeof(ushort);

    private readonly Dictionary<uint, int> _held = [];
    private int _table = -1, _scaleFactors = -1, _offsetFactors = -1;

    public int StepBytes => format.StepBytes;

    public int BlockSteps => format.BlockSteps;

    public void Prepare(Queue<int> free)
    {
        _held.Clear();
        _table = format.Values.IsEmpty || free.Count == 0 ? -1 : free.Dequeue();
        if (_table >= 0) vectors.BroadcastTable(_table, Values());
        // Factors are kept where the sixteen columns fill one vector.
        var takesFactors = vectors.IsWide && format.BlockBytes > 0;
        _scaleFactors = takesFactors && free.Count > 0 ? free.Dequeue() : -1;
        _offsetFactors = takesFactors && format.HasOffsets && free.Count > 0 ? free.Dequeue() : -1;
        foreach (var (bits, position) in format.Planes)
        {
            if (bits == 8 || !free.TryDequeue(out var register)) continue;
            _held[Mask(bits, position)] = register;
            vectors.Load(register, vectors.Repeated(Mask(bits, position)));
        }
    }

    public void BeginBlock()
    {
        if (format.BlockBytes == 0) return;
        if (_scaleFactors >= 0) vectors.WidenHalves(_scaleFactors, __[Weights]);
        if (_offsetFactors >= 0) vectors.WidenHalves(_offsetFactors, __[Weights + OffsetFactors]);
        vectors.Code.mov(Factors, Weights);
        vectors.Code.add(Weights, format.BlockBytes);
    }

    public void ReadCodes(int to, int temporary, int vector, int half)
    {
        var (plane, isFirst) = (format.Codes, true);
        foreach (var (bits, position) in format.Planes)
        {
            var register = isFirst ? to : temporary;
            var place = __[Weights + (plane + vector % bits * PackedFormat.VectorBytes + half * HalfBytes)];
            var right = vector / bits * bits - position;
            var mask = Mask(bits, position);
            if (bits == 8) vectors.Load(register, place);
            else if (right == 0 && _held.TryGetValue(mask, out var held)) vectors.And(register, held, place);
            else
            {
                vectors.Load(register, place);
                if (right != 0) vectors.ShiftWords(register, register, right);
                if (_held.TryGetValue(mask, out held)) vectors.And(register, register, held);
                else vectors.And(register, register, vectors.Repeated(mask));
            }

            if (!isFirst) vectors.Or(to, to, temporary);
            plane += bits * PackedFormat.VectorBytes;
            isFirst = false;
        }

        if (format.Values.IsEmpty) return;
        if (_table < 0) vectors.BroadcastTable(temporary, Values());
        vectors.LookUp(to, _table < 0 ? temporary : _table, to);
    }

    public void ReadScales(int to, int temporary, int group, int half)
    {
        var columns = WeightMatMul.Columns / 2 * half;
        var place = group * format.ScaleBytes + columns * format.ScaleBytes / WeightMatMul.Columns;
        switch (format.Scales)
        {
            case ScaleForm.Half or ScaleForm.HalfAndOffset:
                vectors.WidenHalves(to, __[Weights + place]);
                break;
            case ScaleForm.Single:
                vectors.Load(to, __[Weights + place]);
                break;
            case ScaleForm.PowerOfTwo:
                ReadPowers(to, temporary, __[Weights + place]);
                break;
            case ScaleForm.NibbleStepsAndOffsets:
                vectors.WidenBytes(to, __[Weights + place], isSigned: false);
                vectors.And(to, to, vectors.Repeated(0x0F));
                MultiplyByFactor(to, temporary, _scaleFactors, columns * sizeof(ushort));
                break;
            default:
                vectors.WidenBytes(to, __[Weights + place], isSigned: format.Scales == ScaleForm.Steps);
                MultiplyByFactor(to, temporary, _scaleFactors, columns * sizeof(ushort));
                break;
        }
    }

    public void ReadOffsets(int to, int temporary, int group, int half)
    {
        var columns = WeightMatMul.Columns / 2 * half;
        var place = format.Offsets + group * format.ScaleBytes + columns * format.ScaleBytes / WeightMatMul.Columns;
        if (format.Scales == ScaleForm.HalfAndOffset)
        {
            vectors.WidenHalves(to, __[Weights + place]);
            return;
        }

        vectors.WidenBytes(to, __[Weights + place], isSigned: false);
        if (format.Scales == ScaleForm.NibbleStepsAndOffsets) vectors.ShiftRight(to, to, 4);
        MultiplyByFactor(to, temporary, _offsetFactors, OffsetFactors + columns * sizeof(ushort));
    }

    private void MultiplyByFactor(int to, int temporary, int held, int place)
    {
        vectors.ToFloat(to, to);
        if (held < 0) vectors.WidenHalves(temporary, __[Factors + place]);
        vectors.Multiply(to, to, held < 0 ? temporary : held);
    }

    // 2^(b - 128): the exponent b - 1, or for b < 2, where there is none, the bit b + 21.
    private void ReadPowers(int to, int temporary, AssemblerMemoryOperand place)
    {
        vectors.WidenBytes(to, place, isSigned: false);
        vectors.AddIntegers(temporary, to, vectors.Repeated(1));
        vectors.AddIntegers(to, to, vectors.Repeated(uint.MaxValue));
        vectors.ShiftLeft(temporary, temporary, 21);
        vectors.ShiftLeft(to, to, 23);
        vectors.MaximumOfIntegers(to, to, temporary);
    }

    private AssemblerMemoryOperand Values() => vectors.Table(format.Values);

    private static uint Mask(int bits, int position) => (uint)((1 << bits) - 1 << position) * 0x01010101;
}
