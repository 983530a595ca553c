using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Writes keys and values into the cache. A token's values are one run of memory. Its keys are spread, sixteen elements from one
/// to the next; so some elements of all tokens are written before the next ones, while the lines that neighbouring tokens share
/// are near. Of pairs of rows only the token's half is written: the other may be another thread's.
/// </summary>
internal static class CacheStoreEmitter
{
    private static readonly AssemblerRegister64 Token = rsi, Source = rax, Target = rbx, Count = rbp, End = r12;

    public static Kernel Emit(CacheStore store, InstructionSet set)
    {
        var assembler = new KernelAssembler(set);
        var code = assembler.Code;
        var vectors = new CacheVectors(assembler);
        var elements = store.KeyHeads * store.Size;
        var done = code.CreateLabel();
        code.cmp(Token, KernelAssembler.To);
        code.jge(done);
        code.mov(End, KernelAssembler.To);
        if (store.IsTransposed) EmitKeys(code, store, vectors, elements);
        else if (store.HasPairs) EmitPairedValues(code, store, vectors, elements);
        else EmitValues(code, store, vectors, elements);
        code.Label(ref done);
        return assembler.Finish();
    }

    private static void EmitValues(Assembler code, CacheStore store, CacheVectors vectors, int elements)
    {
        var (token, loop) = (code.CreateLabel(), code.CreateLabel());
        var bytes = Bytes(store);
        code.Label(ref token);
        code.imul(Source, Token, checked((int)(store.InputStride * sizeof(float))));
        code.add(Source, KernelAssembler.Argument(1));
        code.mov(r8, KernelAssembler.Argument(2));
        code.movsxd(Target, __dword_ptr[r8 + Token * 4]);
        code.imul(Target, Target, elements * bytes);
        code.add(Target, KernelAssembler.Argument(0));
        if (elements >= vectors.Lanes)
        {
            code.mov(Count, elements / vectors.Lanes);
            code.Label(ref loop);
            vectors.Load(0, __[Source]);
            if (store.CacheType == DType.F32)
            {
                vectors.Store(__[Target], 0);
            }
            else
            {
                vectors.Encode16(1, 0, store.CacheType, 2, 3);
                if (vectors.IsWide) code.vmovups(__[Target], ymm1);
                else code.vmovups(__[Target], xmm1);
            }

            code.add(Source, vectors.Bytes);
            code.add(Target, vectors.Lanes * bytes);
            code.dec(Count);
            code.jnz(loop);
        }

        for (var i = 0; i < elements % vectors.Lanes; i++) StoreOne(code, store, vectors, i, i * bytes);
        code.inc(Token);
        code.cmp(Token, End);
        code.jl(token);
    }

    private static void EmitPairedValues(Assembler code, CacheStore store, CacheVectors vectors, int elements)
    {
        const int Pair = 4;
        var (token, head, loop) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        var rest = store.Size % vectors.Lanes;
        code.Label(ref token);
        code.imul(Source, Token, checked((int)(store.InputStride * sizeof(float))));
        code.add(Source, KernelAssembler.Argument(1));
        code.mov(r8, KernelAssembler.Argument(2));
        code.movsxd(r8, __dword_ptr[r8 + Token * 4]);
        code.mov(Target, r8);
        code.sar(Target, 4);
        code.imul(Target, Target, elements * CacheStore.Part * 2);
        code.mov(r9, r8);
        code.and(r9, CacheStore.Part - 2);
        code.imul(r9, r9, store.Size * Pair / 2);
        code.add(Target, r9);
        code.and(r8, 1);
        code.lea(Target, __[Target + r8 * 2]);
        code.add(Target, KernelAssembler.Argument(0));
        code.mov(r10, store.KeyHeads);
        code.Label(ref head);
        if (store.Size >= vectors.Lanes)
        {
            code.mov(Count, store.Size / vectors.Lanes);
            code.Label(ref loop);
            vectors.Load(0, __[Source]);
            vectors.Encode16(1, 0, store.CacheType, 2, 3);
            for (var lane = 0; lane < vectors.Lanes; lane++)
            {
                if (lane == 8) code.vextracti128(xmm1, ymm1, 1);
                code.vpextrw(__word_ptr[Target + lane * Pair], xmm1, (byte)(lane % 8));
            }

            code.add(Source, vectors.Bytes);
            code.add(Target, vectors.Lanes * Pair);
            code.dec(Count);
            code.jnz(loop);
        }

        for (var i = 0; i < rest; i++) StoreOne(code, store, vectors, i, i * Pair);
        if (rest > 0) code.add(Source, rest * sizeof(float));
        code.add(Target, rest * Pair + (CacheStore.Part / 2 - 1) * store.Size * Pair);
        code.dec(r10);
        code.jnz(head);
        code.inc(Token);
        code.cmp(Token, End);
        code.jl(token);
    }

    private static void EmitKeys(Assembler code, CacheStore store, CacheVectors vectors, int elements)
    {
        const int AtOnce = 16;
        if (elements >= AtOnce)
        {
            var block = code.CreateLabel();
            code.mov(Count, elements / AtOnce);
            code.xor(r9, r9); // bytes of the source that are done
            code.xor(r10, r10); // bytes of the target
            code.Label(ref block);
            ForTokens(code, store, elements, () => StoreKeys(code, store, vectors, AtOnce));
            code.add(r9, AtOnce * sizeof(float));
            code.add(r10, AtOnce * 16 * Bytes(store));
            code.dec(Count);
            code.jnz(block);
        }
        else
        {
            code.xor(r9, r9);
            code.xor(r10, r10);
        }

        if (elements % AtOnce > 0)
        {
            ForTokens(code, store, elements, () => StoreKeys(code, store, vectors, elements % AtOnce));
        }
    }

    private static void StoreKeys(Assembler code, CacheStore store, CacheVectors vectors, int count)
    {
        var stride = 16 * Bytes(store);
        var i = 0;
        for (; store.HasPairs && i + vectors.Lanes <= count; i += vectors.Lanes)
        {
            vectors.Load(0, __[Source + i * sizeof(float)]);
            vectors.Encode16(1, 0, store.CacheType, 2, 3);
            for (var lane = 0; lane < vectors.Lanes; lane += 2)
            {
                if (lane == 8) code.vextracti128(xmm1, ymm1, 1);
                code.vpextrd(__dword_ptr[Target + (i + lane) * stride], xmm1, (byte)(lane / 2 % 4));
            }
        }

        for (; store.CacheType != DType.F32 && i + vectors.Lanes <= count; i += vectors.Lanes)
        {
            vectors.Load(0, __[Source + i * sizeof(float)]);
            vectors.Encode16(1, 0, store.CacheType, 2, 3);
            for (var lane = 0; lane < vectors.Lanes; lane++)
            {
                if (lane == 8) code.vextracti128(xmm1, ymm1, 1);
                code.vpextrw(__word_ptr[Target + (i + lane) * stride], xmm1, (byte)(lane % 8));
            }
        }

        for (; i < count; i++)
        {
            StoreOne(code, store, vectors, i, store.HasPairs ? i / 2 * 2 * stride + i % 2 * 2 : i * stride);
        }
    }

    private static void StoreOne(Assembler code, CacheStore store, CacheVectors vectors, int element, int offset)
    {
        code.mov(edx, __dword_ptr[Source + element * sizeof(float)]);
        if (store.CacheType == DType.F32)
        {
            code.mov(__dword_ptr[Target + offset], edx);
            return;
        }

        code.vmovd(xmm0, edx);
        vectors.Encode16(1, 0, store.CacheType, 2, 3);
        code.vpextrw(__word_ptr[Target + offset], xmm1, 0);
    }

    // Source and target of every token, moved on by what is done.
    private static void ForTokens(Assembler code, CacheStore store, int elements, Action body)
    {
        var token = code.CreateLabel();
        code.mov(r11, Token);
        code.Label(ref token);
        code.imul(Source, r11, checked((int)(store.InputStride * sizeof(float))));
        code.add(Source, r9);
        code.add(Source, KernelAssembler.Argument(1));
        code.mov(r8, KernelAssembler.Argument(2));
        code.movsxd(r8, __dword_ptr[r8 + r11 * 4]);
        code.mov(Target, r8);
        code.sar(Target, 4);
        code.and(r8, 15);
        code.imul(Target, Target, elements * 16 * Bytes(store));
        code.lea(Target, __[Target + r8 * (store.HasPairs ? 4 : Bytes(store))]);
        code.add(Target, r10);
        code.add(Target, KernelAssembler.Argument(0));
        body();
        code.inc(r11);
        code.cmp(r11, End);
        code.jl(token);
    }

    private static int Bytes(CacheStore store) => store.CacheType == DType.F32 ? 4 : 2;
}
