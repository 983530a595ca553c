using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Sums of a tile over values that lie in pairs of positions. Dot products take both of a pair at once; of the first pair and of
/// the last the tile may see one position only, and the other, which may be anything, counts as zero.
/// </summary>
internal sealed class ValuePairs(Assembler code, AttentionPlan plan, CacheVectors vectors)
{
    private static readonly AssemblerRegister64 Value = rax, Weight = rbx, Count = rbp, Left = r12, Position = rsi, Rest = rdx;

    private enum Seen
    {
        First, Second, Both,
    }

    /// <summary>Emits a tile's sums, as <see cref="ValueTiles"/> lays it out, over positions from any to any.</summary>
    public void Emit(int rows, int first, int count)
    {
        var (part, even, pair, last) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        var (whole, done) = (code.CreateLabel(), code.CreateLabel());
        code.mov(Weight, ValueTiles.RowWeights);
        code.mov(Position, ValueTiles.From);
        code.mov(Left, ValueTiles.Positions);
        code.Label(ref part);
        code.mov(Value, Position);
        code.shr(Value, 4);
        code.mov(Value, __[KernelAssembler.Scratch + Value * 8 + plan.ValueParts]);
        code.mov(Count, Position);
        code.and(Count, AttentionPlan.Part - 2);
        code.imul(Count, Count, plan.CachedValueStride / 2);
        code.add(Value, Count);
        code.test(Position, 1);
        code.jz(even);
        EmitStep(rows, first, count, Seen.Second);
        code.add(Value, plan.CachedValueStride);
        code.add(Weight, sizeof(float)); // a weight or a pair of them
        code.inc(Position);
        code.dec(Left);
        code.jz(done);
        code.test(Position, AttentionPlan.Part - 1);
        code.jz(part);
        code.Label(ref even);
        code.mov(Count, Position);
        code.and(Count, AttentionPlan.Part - 1);
        code.neg(Count);
        code.add(Count, AttentionPlan.Part);
        code.cmp(Count, Left);
        code.cmovg(Count, Left);
        code.add(Position, Count);
        code.sub(Left, Count);
        code.mov(Rest, Count);
        code.and(Rest, 1);
        code.shr(Count, 1);
        code.jz(last);
        code.Label(ref pair);
        EmitStep(rows, first, count, Seen.Both);
        code.add(Value, plan.CachedValueStride);
        code.add(Weight, 2 * plan.WeightBytes);
        code.dec(Count);
        code.jnz(pair);
        code.Label(ref last);
        code.test(Rest, Rest);
        code.jz(whole);
        EmitStep(rows, first, count, Seen.First);
        code.Label(ref whole);
        code.test(Left, Left);
        code.jg(part);
        code.Label(ref done);
        code.nop(); // an instruction has one label, and others follow
    }

    private void EmitStep(int rows, int first, int count, Seen seen)
    {
        if (plan.HasValueDots)
        {
            TileProducts.Emit(vectors, rows, count, (target, vector) => LoadPairs(target, PlaceOf(first + vector), seen),
                (target, row) => vectors.Broadcast(target, __dword_ptr[Weight + row * AttentionPlan.ScoreStride]), isDots: true);
            return;
        }

        var weight = 0;
        foreach (var isSecond in (bool[])[false, true])
        {
            if (seen == (isSecond ? Seen.First : Seen.Second)) continue;
            var offset = weight;
            TileProducts.Emit(vectors, rows, count,
                (target, vector) => vectors.DecodePairs(target, Value, PlaceOf(first + vector), isSecond, plan.ValueLanes),
                (target, row) => vectors.Broadcast(target, __dword_ptr[Weight + (row * AttentionPlan.ScoreStride + offset)]));
            weight += sizeof(float);
        }
    }

    private void LoadPairs(int target, int offset, Seen seen)
    {
        var source = __[Value + offset];
        var vector = CacheVectors.Z(target);
        if (seen == Seen.First) code.vmovdqu16(vector.k2.z, source);
        else if (seen == Seen.Second) code.vmovdqu16(vector.k3.z, source);
        else if (plan.ValueLanes < plan.Lanes) code.vmovups(vector.k7.z, source);
        else vectors.Load(target, source);
    }

    /// <summary>Emits the masks of pairs of which one number is seen.</summary>
    public static void EmitMasks(Assembler code, AttentionPlan plan)
    {
        var numbers = (uint)((1UL << (2 * plan.ValueLanes)) - 1);
        code.mov(eax, numbers & 0x55555555);
        code.kmovd(k2, eax);
        code.mov(eax, numbers & 0xAAAAAAAA);
        code.kmovd(k3, eax);
    }

    private int PlaceOf(int vector) => plan.ElementOf(vector) * 2 * plan.ValueBytes;
}
