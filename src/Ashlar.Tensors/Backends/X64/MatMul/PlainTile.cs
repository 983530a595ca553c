using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The micro-kernel: some rows times some groups of 16 columns. Every output has one accumulator, which takes the products in the
/// order of k; so its bits are the same whatever the tile. Weights stay in registers while the rows' elements are broadcast.
/// </summary>
/// <remarks>
/// Registers: <see cref="Rows"/> and <see cref="Weights"/> are walked, <see cref="Words"/> counts down, <see cref="Output"/>
/// belongs to the rows of the output.
/// </remarks>
/// <param name="kernel">The kernel.</param>
/// <param name="vectors">Its vector instructions.</param>
/// <param name="format">How the weights lie.</param>
/// <param name="rows">Where the rows' elements lie.</param>
/// <param name="ahead">How many bytes ahead weights are prefetched from the memory; 0 for those that the cache has.</param>
internal sealed class PlainTile(KernelAssembler kernel, PlainVectors vectors, PlainFormat format, PlainRows rows, int ahead)
{
    private const int Line = 64;

    /// <summary>The first row's next double word.</summary>
    public static AssemblerRegister64 Rows => r8;

    /// <summary>The first group's next weights.</summary>
    public static AssemblerRegister64 Weights => r9;

    /// <summary>How many double words of a row are to be taken.</summary>
    public static AssemblerRegister64 Words => r10;

    /// <summary>The address of a row of the output.</summary>
    public static AssemblerRegister64 Output => rax;

    private readonly Assembler _code = kernel.Code;

    private PlainRows Layout => rows;

    /// <summary>The most groups that a tile of so many rows can take: a power of two, up to 8.</summary>
    public static int GroupsFor(int rows, bool isWide)
    {
        var (registers, perGroup) = isWide ? (32, 1) : (16, 2);
        for (var groups = isWide ? 8 : 4; groups > 1; groups /= 2)
        {
            var weights = rows == 1 ? 2 : groups * perGroup;
            if (rows * groups * perGroup + weights + 1 <= registers) return groups;
        }

        return 1;
    }

    /// <summary>The most rows of a tile.</summary>
    public static int MostRows(bool isWide) => isWide ? 12 : 6;

    /// <summary>Adds the products of <see cref="Words"/> double words to the accumulators.</summary>
    public void Accumulate(int rows, int groups)
    {
        var perStep = rows * groups * vectors.PerGroup;
        var unroll = perStep >= 16 ? 2 : perStep >= 8 ? 4 : 8;
        var words = unroll * format.StepWords;
        Label loop = _code.CreateLabel(), rest = _code.CreateLabel(), single = _code.CreateLabel(), last = _code.CreateLabel();

        _code.sub(Words, words);
        _code.jl(rest);
        _code.Label(ref loop);
        for (var i = 0; i < unroll; i++) Step(rows, groups, i);
        _code.add(Rows, words * Layout.WordStride);
        _code.add(Weights, words * format.WordBytes);
        _code.sub(Words, words);
        _code.jge(loop);

        _code.Label(ref rest);
        _code.add(Words, words - format.StepWords);
        _code.jl(last);
        _code.Label(ref single);
        Step(rows, groups, 0);
        _code.add(Rows, format.StepWords * Layout.WordStride);
        _code.add(Weights, format.StepWords * format.WordBytes);
        _code.sub(Words, format.StepWords);
        _code.jge(single);

        _code.Label(ref last);
        _code.nop();
        if (format.StepWords == 1) return;
        // An element without its neighbour: only here can the count be odd.
        var even = _code.CreateLabel();
        _code.test(Words, 1);
        _code.je(even);
        Half(rows, groups, 0, isOdd: false);
        _code.Label(ref even);
        _code.nop();
    }

    /// <summary>Sets the accumulators to zero.</summary>
    public void Zero(int rows, int groups)
    {
        for (var i = 0; i < rows * groups * vectors.PerGroup; i++) vectors.Zero(i);
    }

    /// <summary>Loads or stores the accumulators of a row, whose outputs begin at <see cref="Output"/>.</summary>
    public void Move(int row, int rows, int groups, bool isStore, bool isPartial)
    {
        var count = groups * vectors.PerGroup;
        var spare = rows * count;
        for (var v = 0; v < count; v++)
        {
            var address = __[Output + v * kernel.VectorBytes];
            var part = v - (groups - 1) * vectors.PerGroup;
            var accumulator = row * count + v;
            if (part < 0 || !isPartial)
            {
                if (isStore) vectors.Store(address, accumulator);
                else vectors.Load(accumulator, address);
            }
            else if (isStore) vectors.StorePartial(address, accumulator, part, spare);
            else vectors.LoadPartial(accumulator, address, part, spare);
        }
    }

    private void Step(int rows, int groups, int step)
    {
        // One row or two take many groups at once, which the processor foresees by itself.
        if (ahead > 0 && rows > 2 && step * format.WordBytes * format.StepWords % Line == 0)
        {
            for (var group = 0; group < groups; group++) _code.prefetcht0(WeightsAt(group * vectors.PerGroup, step) + ahead);
        }

        Half(rows, groups, step, isOdd: false);
        if (format.StepWords == 2) Half(rows, groups, step, isOdd: true);
    }

    /// <summary>One double word of each row.</summary>
    private void Half(int rows, int groups, int step, bool isOdd)
    {
        var count = groups * vectors.PerGroup;
        var weights = rows * count;
        var word = step * format.StepWords + (isOdd ? 1 : 0);
        if (rows == 1)
        {
            var broadcast = weights + 2;
            vectors.Broadcast(broadcast, Element(0, word));
            for (var v = 0; v < count; v++)
            {
                if (!format.IsConverted)
                {
                    vectors.AddProducts(format.Reading, v, broadcast, WeightsAt(v, step));
                    continue;
                }

                vectors.LoadWeights(format.Reading, weights + v % 2, WeightsAt(v, step), isOdd);
                vectors.AddProducts(format.Reading, v, weights + v % 2, broadcast);
            }

            return;
        }

        for (var v = 0; v < count; v++) vectors.LoadWeights(format.Reading, weights + v, WeightsAt(v, step), isOdd);
        // One use or two of an element: broadcast by the multiplication itself.
        var isEmbedded = vectors.IsWide && groups <= 2;
        for (var row = 0; row < rows; row++)
        {
            if (!isEmbedded) vectors.Broadcast(weights + count, Element(row, word));
            for (var v = 0; v < count; v++)
            {
                var sum = row * count + v;
                if (isEmbedded) vectors.AddProducts(format.Reading, sum, weights + v, Embedded(row, word));
                else vectors.AddProducts(format.Reading, sum, weights + v, weights + count);
            }
        }
    }

    private AssemblerMemoryOperand Element(int row, int word) => __dword_ptr[Rows + Offset(row, word)];

    private AssemblerMemoryOperand Embedded(int row, int word) => __dword_bcst[Rows + Offset(row, word)];

    private int Offset(int row, int word) => checked((int)(row * Layout.RowStride + word * Layout.WordStride));

    private AssemblerMemoryOperand WeightsAt(int v, int step)
    {
        var (group, part) = (v / vectors.PerGroup, v % vectors.PerGroup);
        var stepBytes = format.WordBytes * format.StepWords;
        return __[Weights + checked((int)(group * format.GroupBytes + step * stepBytes + part * (stepBytes / 2)))];
    }
}
