using System.Numerics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Finds the parts of a chunk through the block table. For several tokens it copies values as F32, side by side, as their places
/// in the cache often fall on one another in the first cache; and keys that are blocks with scales. Dot products take values
/// where they lie. What scores do not bring near of the next chunk, copies do.
/// </summary>
internal sealed class ChunkParts(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private const int Line = 64;

    private static readonly AssemblerRegister64 Chunk = r8, First = r9, Last = r10, Part = r11, Block = rax, Rest = rdx,
        NextValues = r12, NextKeys = r13;

    /// <summary>Emits the addresses of the parts that the item sees, and the copies.</summary>
    public void Emit()
    {
        var code = assembler.Code;
        var (part, single) = (code.CreateLabel(), code.CreateLabel());
        code.mov(Chunk, AttentionLocals.Of(AttentionLocal.Chunk));
        code.xor(eax, eax);
        code.mov(First, AttentionLocals.Of(AttentionLocal.Visible));
        code.sub(First, Chunk);
        code.cmovs(First, rax);
        code.mov(eax, AttentionPlan.Chunk - 1);
        code.mov(Last, AttentionLocals.Of(AttentionLocal.Last));
        code.sub(Last, Chunk);
        code.cmp(Last, rax);
        code.cmovg(Last, rax);
        code.mov(AttentionLocals.Of(AttentionLocal.From), First);
        code.mov(AttentionLocals.Of(AttentionLocal.To), Last);
        code.shr(First, 4);
        code.shr(Last, 4);
        code.mov(AttentionLocals.Of(AttentionLocal.FirstPart), First);
        code.mov(AttentionLocals.Of(AttentionLocal.LastPart), Last);

        // Of the next chunk, too, some parts are found.
        code.mov(Last, AttentionLocals.Of(AttentionLocal.Last));
        code.sub(Last, Chunk);
        code.shr(Last, 4);
        code.mov(eax, AttentionPlan.PartsKnown - 1);
        code.cmp(Last, rax);
        code.cmovg(Last, rax);
        code.mov(rbp, AttentionLocals.Of(AttentionLocal.Table));
        code.shr(Chunk, 4);
        code.mov(Part, First);
        code.Label(ref part);
        EmitPart();
        code.inc(Part);
        code.cmp(Part, Last);
        code.jle(part);

        if (plan.HasValueBlocks) new BlockCopies(code, plan, vectors).EmitScales();
        if (plan.HasKeyBlocks || !plan.HasValueDots)
        {
            code.cmp(AttentionLocals.Of(AttentionLocal.Count), 1);
            code.je(single);
            EmitCopies();
            code.Label(ref single);
        }

        EmitEdges();
    }

    private void EmitPart()
    {
        var code = assembler.Code;
        var partsOfBlock = plan.Shape.BlockSize / AttentionPlan.Part;
        code.lea(Block, __[Chunk + Part]);
        if (BitOperations.IsPow2(partsOfBlock))
        {
            code.mov(Rest, Block);
            code.and(Rest, partsOfBlock - 1);
            code.shr(Block, (byte)BitOperations.Log2((uint)partsOfBlock));
        }
        else
        {
            code.xor(edx, edx);
            code.mov(ebx, partsOfBlock);
            code.div(rbx);
        }

        code.movsxd(Block, __dword_ptr[rbp + Block * 4]);
        code.imul(Block, Block, partsOfBlock);
        code.add(Block, Rest);
        code.imul(Rest, Block, plan.Shape.KeyHeads * plan.KeyPartBytes);
        code.add(Rest, AttentionLocals.Of(AttentionLocal.Keys));
        code.mov(__[KernelAssembler.Scratch + Part * 8 + plan.KeyParts], Rest);
        code.imul(Block, Block, plan.Shape.KeyHeads * plan.ValuePartBytes);
        code.add(Block, AttentionLocals.Of(AttentionLocal.Values));
        code.mov(__[KernelAssembler.Scratch + Part * 8 + plan.ValueParts], Block);
    }

    private void EmitCopies()
    {
        var code = assembler.Code;
        var part = code.CreateLabel();
        var blocks = new BlockCopies(code, plan, vectors);
        code.mov(Part, First);
        code.Label(ref part);
        if (plan.HasKeyBlocks)
        {
            EmitNext(NextKeys, plan.KeyParts);
            blocks.EmitKeys();
        }

        if (plan.HasKeyBlocks || plan.HasValueBlocks) EmitNext(NextValues, plan.ValueParts);
        if (plan.HasValueBlocks) blocks.EmitValues();
        else if (!plan.HasValueDots) EmitValues();
        code.inc(Part);
        code.cmp(Part, AttentionLocals.Of(AttentionLocal.LastPart));
        code.jle(part);
    }

    private void EmitValues()
    {
        var code = assembler.Code;
        var shape = plan.Shape;
        var position = code.CreateLabel();
        var (source, target, count) = (rax, rdx, rbx);
        code.mov(source, __[KernelAssembler.Scratch + Part * 8 + plan.ValueParts]);
        code.imul(target, Part, plan.ValueStride * AttentionPlan.Part);
        code.lea(target, __[KernelAssembler.Scratch + target + plan.PackedValues]);
        var rows = plan.HasValuePairs ? 2 : 1;
        code.mov(count, AttentionPlan.Part / rows);
        code.Label(ref position);
        if (plan.HasKeyBlocks)
        {
            var bytes = rows * shape.ValueSize * plan.ValueBytes;
            for (var line = 0; line < bytes; line += Line) code.prefetcht1(__byte_ptr[NextValues + line]);
            code.add(NextValues, plan.CachedValueStride);
        }

        for (var i = 0; i < rows * plan.ValueVectors; i++)
        {
            var (vector, row) = (i / rows, i % rows);
            var place = plan.ElementOf(vector) * plan.ValueBytes * rows;
            if (rows == 2) vectors.DecodePairs(i % 4, source, place, row == 1, plan.ValueLanes);
            else vectors.Decode(i % 4, source, place, shape.ValueType, plan.ValueLanes);
            vectors.Store(__[target + (row * plan.ValueStride + vector * plan.VectorBytes)], i % 4);
        }

        code.add(source, plan.CachedValueStride);
        code.add(target, rows * plan.ValueStride);
        code.dec(count);
        code.jnz(position);
    }

    // The same part of the next chunk, of which some is fetched with every step of a copy; the last that is known, past it.
    private void EmitNext(AssemblerRegister64 next, int parts)
    {
        var code = assembler.Code;
        code.lea(next, __[Part + AttentionPlan.PartsOfChunk]);
        code.cmp(next, Last);
        code.cmovg(next, Last);
        code.mov(next, __[KernelAssembler.Scratch + next * 8 + parts]);
    }

    // Tiles take whole groups of parts: those that are not seen stand for their neighbours, and are not used.
    private void EmitEdges()
    {
        var code = assembler.Code;
        var (before, between, after, end) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        var (keys, values) = (rax, rdx);
        code.mov(keys, __[KernelAssembler.Scratch + First * 8 + plan.KeyParts]);
        code.mov(values, __[KernelAssembler.Scratch + First * 8 + plan.ValueParts]);
        code.Label(ref before);
        code.test(First, AttentionPlan.MostParts - 1);
        code.jz(between);
        code.dec(First);
        code.mov(__[KernelAssembler.Scratch + First * 8 + plan.KeyParts], keys);
        code.mov(__[KernelAssembler.Scratch + First * 8 + plan.ValueParts], values);
        code.jmp(before);
        code.Label(ref between);
        code.mov(keys, __[KernelAssembler.Scratch + Last * 8 + plan.KeyParts]);
        code.mov(values, __[KernelAssembler.Scratch + Last * 8 + plan.ValueParts]);
        code.Label(ref after);
        code.inc(Last);
        code.cmp(Last, AttentionPlan.PartsKnown);
        code.je(end);
        code.mov(__[KernelAssembler.Scratch + Last * 8 + plan.KeyParts], keys);
        code.mov(__[KernelAssembler.Scratch + Last * 8 + plan.ValueParts], values);
        code.jmp(after);
        code.Label(ref end);
    }
}
