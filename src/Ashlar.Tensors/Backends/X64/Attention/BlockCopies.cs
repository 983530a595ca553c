using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>Copies the parts of a chunk as F32, as <see cref="ChunkParts"/> says, where they are blocks with scales.</summary>
internal sealed class BlockCopies(Assembler code, AttentionPlan plan, CacheVectors vectors)
{
    private const int Line = 64;

    // Those that chunk parts have.
    private static readonly AssemblerRegister64 First = r9, Part = r11, NextValues = r12, NextKeys = r13;

    private static readonly AssemblerRegister64 Source = rax, Target = rdx, Count = rbx, Scales = rbp;

    /// <summary>Emits the scales of all values of the chunk, which are wanted also where values are used as they lie.</summary>
    public void EmitScales()
    {
        var (part, block) = (code.CreateLabel(), code.CreateLabel());
        code.mov(Part, First);
        code.Label(ref part);
        code.mov(Source, __[KernelAssembler.Scratch + Part * 8 + plan.ValueParts]);
        code.imul(Target, Part, plan.PartScaleBytes);
        code.lea(Target, __[KernelAssembler.Scratch + Target + plan.ValueScales]);
        code.mov(Count, plan.Shape.ValueSize / CacheStore.BlockElements);
        code.Label(ref block);
        if (vectors.IsWide)
        {
            vectors.Decode(0, Source, 0, DType.F16, AttentionPlan.Part);
            vectors.Store(__[Target], 0);
        }
        else
        {
            for (var position = 0; position < AttentionPlan.Part; position++)
            {
                code.vpbroadcastw(xmm0, __word_ptr[Source + position * 2]);
                code.vcvtph2ps(ymm0, xmm0);
                vectors.Store(__[Target + position * plan.ScaleStride], 0);
            }
        }

        code.add(Source, CacheStore.BlockBytes);
        code.add(Target, plan.BlockScaleBytes);
        code.dec(Count);
        code.jnz(block);
        code.inc(Part);
        code.cmp(Part, AttentionLocals.Of(AttentionLocal.LastPart));
        code.jle(part);
    }

    /// <summary>Emits the copy of a part's keys, scales and codes each for itself; the next ones are fetched meanwhile.</summary>
    public void EmitKeys()
    {
        var block = code.CreateLabel();
        code.mov(Source, __[KernelAssembler.Scratch + Part * 8 + plan.KeyParts]);
        code.imul(Target, Part, plan.PackedKeyBytes);
        code.lea(Target, __[KernelAssembler.Scratch + Target + plan.PackedKeys]);
        code.mov(__[KernelAssembler.Scratch + Part * 8 + plan.KeyParts], Target);
        code.mov(Count, plan.Shape.Size / CacheStore.BlockElements);
        code.Label(ref block);
        EmitFetch(NextKeys);
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            vectors.Decode(0, Source, vector * plan.Lanes * 2, DType.F16, plan.Lanes);
            vectors.Store(__[Target + vector * plan.VectorBytes], 0);
        }

        for (var vector = 0; vector < CacheStore.BlockElements * plan.PartVectors; vector++)
        {
            vectors.LoadCodes(vector % 4, __[Source + (CacheStore.ScaleBytes + vector * plan.Lanes)]);
            vectors.Store(__[Target + (plan.PartVectors + vector) * plan.VectorBytes], vector % 4);
        }

        code.add(Source, CacheStore.BlockBytes);
        code.add(Target, AttentionPlan.PackedBlockBytes);
        code.dec(Count);
        code.jnz(block);
    }

    /// <summary>Emits the copy of a part's values, which scales are there of.</summary>
    public void EmitValues()
    {
        var block = code.CreateLabel();
        code.mov(Source, __[KernelAssembler.Scratch + Part * 8 + plan.ValueParts]);
        code.imul(Target, Part, plan.ValueStride * AttentionPlan.Part);
        code.lea(Target, __[KernelAssembler.Scratch + Target + plan.PackedValues]);
        code.imul(Scales, Part, plan.PartScaleBytes);
        code.lea(Scales, __[KernelAssembler.Scratch + Scales + plan.ValueScales]);
        code.mov(Count, plan.Shape.ValueSize / CacheStore.BlockElements);
        code.Label(ref block);
        EmitFetch(NextValues);
        for (var position = 0; position < AttentionPlan.Part; position++)
        {
            for (var element = 0; element < CacheStore.BlockElements; element += plan.Lanes)
            {
                var register = element / plan.Lanes;
                vectors.LoadCodes(
                    register, __[Source + (CacheStore.ScaleBytes + position * CacheStore.BlockElements + element)], Scales,
                    position * plan.ScaleStride);
                vectors.Store(__[Target + (position * plan.ValueStride + element * sizeof(float))], register);
            }
        }

        code.add(Source, CacheStore.BlockBytes);
        code.add(Target, CacheStore.BlockElements * sizeof(float));
        code.add(Scales, plan.BlockScaleBytes);
        code.dec(Count);
        code.jnz(block);
    }

    private void EmitFetch(AssemblerRegister64 next)
    {
        for (var line = 0; line < CacheStore.BlockBytes; line += Line) code.prefetcht1(__byte_ptr[next + line]);
        code.add(next, CacheStore.BlockBytes);
    }
}
