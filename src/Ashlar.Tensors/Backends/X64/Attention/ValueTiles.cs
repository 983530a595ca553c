using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Adds values times weights to the results, in the order of positions. A tile is some rows by some vectors of the values; the
/// vectors are outermost, so that their part of the values is near for all rows.
/// </summary>
internal sealed class ValueTiles(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    /// <summary>The first position in the chunk.</summary>
    public static AssemblerRegister64 From => r9;

    /// <summary>The number of positions, 1 or more.</summary>
    public static AssemblerRegister64 Positions => r10;

    /// <summary>The weights of the first row.</summary>
    public static AssemblerRegister64 Weights => r8;

    /// <summary>The results of the first row.</summary>
    public static AssemblerRegister64 Results => r11;

    /// <summary>The weights of a tile's first row, from the first position's on, or from its pair's.</summary>
    public static AssemblerRegister64 RowWeights => r13;

    private static readonly AssemblerRegister64 Value = rax, Weight = rbx, Count = rbp, FirstValue = r12, RowResults = r14,
        Tile = r15, Position = rsi, Scales = rdx;

    /// <summary>Emits the sums over the packed values of a chunk.</summary>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="tiles">How many tiles of rows there are; 0 where the local says it.</param>
    public void EmitPacked(int rows, int tiles)
    {
        var code = assembler.Code;
        foreach (var (first, count) in plan.ValueTiles(rows))
        {
            code.imul(FirstValue, From, plan.ValueStride);
            code.lea(FirstValue, __[KernelAssembler.Scratch + FirstValue + (plan.PackedValues + first * plan.VectorBytes)]);
            ForTiles(rows, tiles, first, count, () =>
            {
                var position = code.CreateLabel();
                code.mov(Value, FirstValue);
                code.mov(Weight, RowWeights);
                code.mov(Count, Positions);
                code.Label(ref position);
                TileProducts.Emit(vectors, rows, count,
                    (target, vector) => vectors.Load(target, __[Value + vector * plan.VectorBytes]),
                    (target, row) => vectors.Broadcast(target, __dword_ptr[Weight + row * AttentionPlan.ScoreStride]));
                code.add(Value, plan.ValueStride);
                code.add(Weight, sizeof(float));
                code.dec(Count);
                code.jnz(position);
            });
        }
    }

    /// <summary>Emits the sums over the values where they lie in the cache.</summary>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="tiles">How many tiles of rows there are; 0 where the local says it.</param>
    public void EmitCached(int rows, int tiles)
    {
        var code = assembler.Code;
        if (plan.HasValuePairs)
        {
            var pairs = new ValuePairs(code, plan, vectors);
            foreach (var (first, count) in plan.ValueTiles(rows))
            {
                ForTiles(rows, tiles, first, count, () => pairs.Emit(rows, first, count));
            }

            return;
        }

        foreach (var (first, count) in plan.ValueTiles(rows))
        {
            ForTiles(rows, tiles, first, count, () =>
            {
                var (part, position) = (code.CreateLabel(), code.CreateLabel());
                code.mov(Weight, RowWeights);
                code.mov(Position, From);
                code.mov(FirstValue, Positions); // those left
                code.Label(ref part);
                code.mov(Value, Position);
                code.shr(Value, 4);
                if (plan.HasValueBlocks) code.imul(Scales, Value, plan.PartScaleBytes);
                code.mov(Value, __[KernelAssembler.Scratch + Value * 8 + plan.ValueParts]);
                PlaceInPart();
                code.imul(Count, Count, plan.CachedValueStride);
                code.add(Value, Count);
                PlaceInPart();
                if (plan.HasValueBlocks)
                {
                    code.imul(Count, Count, plan.ScaleStride);
                    code.lea(Scales, __[Scales + Count + plan.ValueScales]);
                    code.add(Scales, KernelAssembler.Scratch);
                    PlaceInPart();
                }

                code.neg(Count);
                code.add(Count, AttentionPlan.Part);
                code.cmp(Count, FirstValue);
                code.cmovg(Count, FirstValue);
                code.add(Position, Count);
                code.sub(FirstValue, Count);
                code.Label(ref position);
                TileProducts.Emit(vectors, rows, count,
                    (target, vector) => LoadCached(target, first + vector),
                    (target, row) => vectors.Broadcast(target, __dword_ptr[Weight + row * AttentionPlan.ScoreStride]));
                code.add(Value, plan.CachedValueStride);
                if (plan.HasValueBlocks) code.add(Scales, plan.ScaleStride);
                code.add(Weight, sizeof(float));
                code.dec(Count);
                code.jnz(position);
                code.test(FirstValue, FirstValue);
                code.jg(part);
            });
        }

        void PlaceInPart()
        {
            code.mov(Count, Position);
            code.and(Count, AttentionPlan.Part - 1);
        }
    }

    private void LoadCached(int target, int vector)
    {
        if (plan.HasValueBlocks)
        {
            var (block, element) = Math.DivRem(vector * plan.Lanes, CacheStore.BlockElements);
            vectors.LoadCodes(
                target, __[Value + (block * CacheStore.BlockBytes + CacheStore.ScaleBytes + element)], Scales,
                block * plan.BlockScaleBytes);
            return;
        }

        vectors.Decode(target, Value, plan.ElementOf(vector) * plan.ValueBytes, plan.Shape.ValueType, plan.ValueLanes);
    }

    // The sums of a tile are brought to registers and back.
    private void ForTiles(int rows, int tiles, int first, int count, Action body)
    {
        var code = assembler.Code;
        var tile = code.CreateLabel();
        if (plan.HasValueDots)
        {
            code.mov(Value, From);
            code.and(Value, -2);
            code.lea(RowWeights, __[Weights + Value * 2]);
        }
        else code.lea(RowWeights, __[Weights + From * sizeof(float)]);

        code.lea(RowResults, __[Results + first * plan.VectorBytes]);
        if (tiles == 0) code.mov(Tile, AttentionLocals.Of(AttentionLocal.Tiles));
        else code.mov(Tile, tiles);
        code.Label(ref tile);
        ForSums((sum, place) => vectors.Load(sum, place));
        body();
        ForSums((sum, place) => vectors.Store(place, sum));
        code.add(RowWeights, rows * AttentionPlan.ScoreStride);
        code.add(RowResults, rows * plan.StateStride);
        code.dec(Tile);
        code.jnz(tile);

        void ForSums(Action<int, AssemblerMemoryOperand> each)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var vector = 0; vector < count; vector++)
                {
                    each(row * count + vector, __[RowResults + row * plan.StateStride + vector * plan.VectorBytes]);
                }
            }
        }
    }
}
