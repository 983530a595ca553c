using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Tiles of scores over keys that are blocks of codes with scales: the sum over a block, in the order of elements, is multiplied
/// by its scale and added to the score, block by block.
/// </summary>
/// <param name="code">The instructions.</param>
/// <param name="plan">What is computed.</param>
/// <param name="vectors">Vectors.</param>
/// <param name="isPacked">Whether scales and codes are F32 already.</param>
internal sealed class BlockScores(Assembler code, AttentionPlan plan, CacheVectors vectors, bool isPacked)
{
    private const int Line = 64;

    private static readonly AssemblerRegister64 Query = rax, Count = rbp, Part = rdx, Fetched = rsi;

    private readonly int _blocks = plan.Shape.Size / CacheStore.BlockElements;

    // Bytes of a block, and of a number of its scales and its codes.
    private int Block => isPacked ? AttentionPlan.PackedBlockBytes : CacheStore.BlockBytes;

    private int Scale => isPacked ? sizeof(float) : 2;

    private int Code => isPacked ? sizeof(float) : 1;

    /// <summary>Emits a tile, as <see cref="ScoreTiles"/> lays it out.</summary>
    public void EmitTile(int rows, int parts)
    {
        var columns = parts * plan.PartVectors;
        var loop = code.CreateLabel();
        for (var part = 0; part < parts; part++) code.mov(ScoreTiles.Keys[part], __[ScoreTiles.Parts + part * 8]);
        code.mov(Query, ScoreTiles.Queries);
        code.mov(Count, _blocks);
        for (var sum = 0; sum < rows * columns; sum++) vectors.Clear(sum);
        ForPlaces(rows, columns, (_, _, place) => vectors.Store(place, 0));
        if (!isPacked) code.xor(Fetched, Fetched);
        code.Label(ref loop);
        if (!isPacked) EmitFetch(parts);
        for (var element = 0; element < CacheStore.BlockElements; element++)
        {
            TileProducts.Emit(vectors, rows, columns,
                (target, column) => LoadCodes(target, column, element),
                (target, row) => vectors.Broadcast(
                    target, __dword_ptr[Query + row * plan.QueryStride + element * sizeof(float)]));
        }

        var (scale, score) = (rows * columns, rows * columns + 1);
        ForPlaces(rows, columns, (row, column, place) =>
        {
            if (row == 0) LoadScales(scale, column);
            vectors.Load(score, place);
            vectors.AddProduct(score, row * columns + column, scale);
            vectors.Store(place, score);
            vectors.Clear(row * columns + column);
        });
        for (var part = 0; part < parts; part++) code.add(ScoreTiles.Keys[part], Block);
        code.add(Query, CacheStore.BlockElements * sizeof(float));
        code.dec(Count);
        code.jnz(loop);
    }

    private void LoadCodes(int target, int column, int element)
    {
        var offset = AttentionPlan.Part * Scale
            + (element * AttentionPlan.Part + column % plan.PartVectors * plan.Lanes) * Code;
        var place = __[ScoreTiles.Keys[column / plan.PartVectors] + offset];
        if (isPacked) vectors.Load(target, place);
        else vectors.LoadCodes(target, place);
    }

    private void LoadScales(int target, int column) => vectors.Decode(
        target, ScoreTiles.Keys[column / plan.PartVectors], column % plan.PartVectors * plan.Lanes * Scale,
        isPacked ? DType.F32 : DType.F16, plan.Lanes);

    // The places of a tile's scores, column by column.
    private void ForPlaces(int rows, int columns, Action<int, int, AssemblerMemoryOperand> each)
    {
        for (var column = 0; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
            {
                each(row, column, __[ScoreTiles.Scores + (row * AttentionPlan.ScoreStride + column * plan.VectorBytes)]);
            }
        }
    }

    // With every block, one of the keys of the next parts, and some of the values of these.
    private void EmitFetch(int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            code.mov(Part, _blocks);
            code.sub(Part, Count);
            code.imul(Part, Part, CacheStore.BlockBytes);
            code.add(Part, __[ScoreTiles.Parts + (part + parts) * 8]);
            for (var line = 0; line < CacheStore.BlockBytes; line += Line) code.prefetcht1(__byte_ptr[Part + line]);
            ScoreTiles.EmitFetchOfValues(code, plan, part, _blocks);
        }

        code.add(Fetched, ScoreTiles.ValuesAtOnce(plan, _blocks).Advance);
    }
}
