using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Scores of a chunk: of every row and position the product of query and key, summed in the order of the elements. A tile is some
/// rows by some parts, each score in its own place of a register; parts are outermost, so that their keys are near for all rows.
/// </summary>
internal sealed class ScoreTiles(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private static readonly AssemblerRegister64 Group = rbx, Tile = r15;

    /// <summary>What a tile uses: keys of its parts, queries, and counters.</summary>
    public static AssemblerRegister64[] Keys { get; } = [r8, r9, r10, r11];

    /// <summary>A tile's addresses of parts, scores and queries.</summary>
    public static AssemblerRegister64 Parts => r12;

    public static AssemblerRegister64 Scores => r13;

    public static AssemblerRegister64 Queries => r14;

    private static readonly AssemblerRegister64 Query = rax, Count = rbp, Part = rdx, Fetched = rsi;

    /// <summary>Emits the scores of all rows and of the chunk's parts.</summary>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="tiles">How many tiles of rows there are; 0 where the local says it.</param>
    /// <param name="type">The type of the keys' numbers.</param>
    /// <param name="fetches">Whether what is read next is brought near meanwhile.</param>
    public void Emit(int rows, int tiles, DType type, bool fetches) =>
        Emit(rows, tiles, (tileRows, parts) => EmitTile(tileRows, parts, type, fetches));

    /// <summary>Emits the scores of all rows and of the chunk's parts.</summary>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="tiles">How many tiles of rows there are; 0 where the local says it.</param>
    /// <param name="emitTile">Emits a tile of so many rows and parts.</param>
    public void Emit(int rows, int tiles, Action<int, int> emitTile)
    {
        var code = assembler.Code;
        var parts = plan.PartsAtOnce(rows);
        var (group, tile) = (code.CreateLabel(), code.CreateLabel());
        code.mov(Group, AttentionLocals.Of(AttentionLocal.FirstPart));
        code.and(Group, -parts);
        code.Label(ref group);
        code.lea(Parts, __[KernelAssembler.Scratch + Group * 8 + plan.KeyParts]);
        code.mov(Scores, Group);
        code.shl(Scores, 6);
        code.lea(Scores, __[KernelAssembler.Scratch + Scores + plan.Scores]);
        code.lea(Queries, __[KernelAssembler.Scratch + plan.Queries]);
        if (tiles == 0) code.mov(Tile, AttentionLocals.Of(AttentionLocal.Tiles));
        else code.mov(Tile, tiles);
        code.Label(ref tile);
        emitTile(rows, parts);
        code.add(Scores, rows * AttentionPlan.ScoreStride);
        code.add(Queries, rows * plan.QueryStride);
        code.dec(Tile);
        code.jnz(tile);
        code.add(Group, parts);
        code.cmp(Group, AttentionLocals.Of(AttentionLocal.LastPart));
        code.jle(group);
    }

    private void EmitTile(int rows, int parts, DType type, bool fetches)
    {
        var code = assembler.Code;
        var size = plan.Shape.Size;
        var unrolled = size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : 1;
        var columns = parts * plan.PartVectors;
        var bytes = type == DType.F32 ? 4 : 2;
        var loop = code.CreateLabel();
        for (var part = 0; part < parts; part++) code.mov(Keys[part], __[Parts + part * 8]);
        code.mov(Query, Queries);
        code.mov(Count, size / unrolled);
        for (var sum = 0; sum < rows * columns; sum++) vectors.Clear(sum);
        if (fetches) code.xor(Fetched, Fetched);
        code.Label(ref loop);
        if (fetches) EmitFetch(parts, unrolled);
        for (var element = 0; element < unrolled; element++)
        {
            TileProducts.Emit(vectors, rows, columns,
                (target, column) => vectors.Decode(
                    target, Keys[column / plan.PartVectors],
                    (element * AttentionPlan.Part + column % plan.PartVectors * plan.Lanes) * bytes, type, plan.Lanes),
                (target, row) => vectors.Broadcast(
                    target, __dword_ptr[Query + row * plan.QueryStride + element * sizeof(float)]));
        }

        for (var part = 0; part < parts; part++) code.add(Keys[part], unrolled * AttentionPlan.Part * bytes);
        code.add(Query, unrolled * sizeof(float));
        code.dec(Count);
        code.jnz(loop);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                vectors.Store(
                    __[Scores + row * AttentionPlan.ScoreStride + column * plan.VectorBytes], row * columns + column);
            }
        }
    }

    // With every step of the loop, some of the values of these parts and of the keys of the next: they lie far apart, and are
    // wanted soon.
    private void EmitFetch(int parts, int unrolled)
    {
        const int Line = 64;
        var code = assembler.Code;
        var steps = plan.Shape.Size / unrolled;
        var stepBytes = unrolled * AttentionPlan.Part * plan.KeyBytes;
        for (var part = 0; part < parts; part++)
        {
            code.mov(Part, Query);
            code.sub(Part, Queries);
            code.shl(Part, (byte)(plan.KeyBytes == 4 ? 4 : 3)); // a query's numbers have 4 bytes
            code.add(Part, __[Parts + (part + parts) * 8]);
            for (var line = 0; line < stepBytes; line += Line) code.prefetcht1(__byte_ptr[Part + line]);

            EmitFetchOfValues(code, plan, part, steps);
        }

        code.add(Fetched, ValuesAtOnce(plan, steps).Advance);
    }

    /// <summary>Emits the fetching of a part's values, of which so many steps take even shares.</summary>
    public static void EmitFetchOfValues(Assembler code, AttentionPlan plan, int part, int steps)
    {
        code.mov(Part, __[Parts + (part * 8 + plan.ValueParts - plan.KeyParts)]);
        code.add(Part, Fetched);
        foreach (var line in ValuesAtOnce(plan, steps).Lines) code.prefetcht1(__byte_ptr[Part + line]);
    }

    /// <summary>What one of so many steps fetches of a part's values, and how far the next one is.</summary>
    public static (int Advance, int[] Lines) ValuesAtOnce(AttentionPlan plan, int steps)
    {
        const int Line = 64;
        if (plan.HasValueBlocks)
        {
            var share = ((plan.ValuePartBytes + steps - 1) / steps + Line - 1) / Line * Line;
            return (share, [.. Enumerable.Range(0, share / Line).Select(line => line * Line)]);
        }

        var rows = (AttentionPlan.Part + steps - 1) / steps;
        var lines = (plan.Shape.ValueSize * plan.ValueBytes + Line - 1) / Line;
        return (rows * plan.CachedValueStride,
            [.. from row in Enumerable.Range(0, rows) from line in Enumerable.Range(0, lines)
                select row * plan.CachedValueStride + line * Line]);
    }
}
