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
    /// <param name="isOne">
    /// Whether this is for one token. What is brought near meanwhile are then the next keys and the values of these positions;
    /// for several tokens, which find more to do with what they read, those of the next chunk: keys by the first tile, values by
    /// the second, as memory is slower than a tile that brings both.
    /// </param>
    public void Emit(int rows, int tiles, DType type, bool isOne)
    {
        if (isOne) Emit(rows, tiles, (tileRows, parts) => EmitTile(tileRows, parts, type, parts, 0));
        else
        {
            const int Next = AttentionPlan.PartsOfChunk;
            Emit(rows, tiles, (tileRows, parts) => EmitTile(tileRows, parts, type, null, null),
                (tileRows, parts, keys, values) =>
                    EmitTile(tileRows, parts, type, keys ? Next : null, values ? Next : null));
        }
    }

    /// <summary>Emits the scores of all rows and of the chunk's parts.</summary>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="tiles">How many tiles of rows there are; 0 where the local says it.</param>
    /// <param name="emitTile">Emits a tile of so many rows and parts.</param>
    /// <param name="emitFirst">
    /// As this, for the first tiles of the parts, which bring keys, values, or both; null where they are like the others.
    /// </param>
    public void Emit(int rows, int tiles, Action<int, int> emitTile, Action<int, int, bool, bool>? emitFirst = null)
    {
        var code = assembler.Code;
        var parts = plan.PartsAtOnce(rows);
        var (group, tile, done, several) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
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
        if (emitFirst is not null)
        {
            code.cmp(Tile, 1);
            code.jne(several);
            emitFirst(rows, parts, true, true);
            code.jmp(done);
            code.Label(ref several);
            emitFirst(rows, parts, true, false);
            ToNext();
            emitFirst(rows, parts, false, true);
            ToNext();
            code.jz(done);
        }

        code.Label(ref tile);
        emitTile(rows, parts);
        ToNext();
        code.jnz(tile);
        code.Label(ref done);
        code.add(Group, parts);
        code.cmp(Group, AttentionLocals.Of(AttentionLocal.LastPart));
        code.jle(group);

        void ToNext()
        {
            code.add(Scores, rows * AttentionPlan.ScoreStride);
            code.add(Queries, rows * plan.QueryStride);
            code.dec(Tile);
        }
    }

    // Fetches keys and values of so many parts on; none where there is no number.
    private void EmitTile(int rows, int parts, DType type, int? keysAhead, int? valuesAhead)
    {
        var fetches = keysAhead is not null || valuesAhead is not null;
        var code = assembler.Code;
        var size = plan.Shape.Size;
        var unrolled = size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : plan.HasKeyPairs ? 2 : 1;
        var columns = parts * plan.PartVectors;
        var bytes = type == DType.F32 ? 4 : 2;
        var loop = code.CreateLabel();
        for (var part = 0; part < parts; part++) code.mov(Keys[part], __[Parts + part * 8]);
        code.mov(Query, Queries);
        code.mov(Count, size / unrolled);
        for (var sum = 0; sum < rows * columns; sum++) vectors.Clear(sum);
        if (fetches) code.xor(Fetched, Fetched);
        code.Label(ref loop);
        if (fetches) EmitFetch(parts, unrolled, keysAhead, valuesAhead);
        for (var element = 0; element < unrolled; element += plan.HasKeyDots ? 2 : 1)
        {
            TileProducts.Emit(vectors, rows, columns,
                (target, column) => LoadKeys(target, column, element, type),
                (target, row) => vectors.Broadcast(
                    target, __dword_ptr[Query + row * plan.QueryStride + element * plan.QueryBytes]),
                plan.HasKeyDots);
        }

        for (var part = 0; part < parts; part++) code.add(Keys[part], unrolled * AttentionPlan.Part * bytes);
        code.add(Query, unrolled * plan.QueryBytes);
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

    private void LoadKeys(int target, int column, int element, DType type)
    {
        var (keys, first) = (Keys[column / plan.PartVectors], column % plan.PartVectors * plan.Lanes);
        if (!plan.HasKeyPairs)
        {
            var bytes = type == DType.F32 ? 4 : 2;
            vectors.Decode(target, keys, (element * AttentionPlan.Part + first) * bytes, type, plan.Lanes);
            return;
        }

        var pairs = (element / 2 * AttentionPlan.Part + first) * 4;
        if (plan.HasKeyDots) vectors.Load(target, __[keys + pairs]);
        else vectors.DecodePairs(target, keys, pairs, element % 2 == 1, plan.Lanes);
    }

    // With every step of the loop, some of the keys and of the values of parts: they lie far apart, and are wanted soon.
    private void EmitFetch(int parts, int unrolled, int? keysAhead, int? valuesAhead)
    {
        const int Line = 64;
        var code = assembler.Code;
        var steps = plan.Shape.Size / unrolled;
        var stepBytes = unrolled * AttentionPlan.Part * plan.KeyBytes;
        for (var part = 0; part < parts; part++)
        {
            if (keysAhead is { } keys)
            {
                code.mov(Part, Query);
                code.sub(Part, Queries);
                code.shl(Part, (byte)(plan.KeyBytes == plan.QueryBytes ? 4 : 3));
                code.add(Part, __[Parts + (part + keys) * 8]);
                for (var line = 0; line < stepBytes; line += Line) code.prefetcht1(__byte_ptr[Part + line]);
            }

            if (valuesAhead is { } values) EmitFetchOfValues(code, plan, part + values, steps);
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
        if (plan.HasValueParts)
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
