using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>Begins and ends the rows of an item.</summary>
internal sealed class AttentionRows(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private const float LogarithmOfTwo = 0.6931471805599453f;

    private static readonly AssemblerRegister64 Token = r11, Head = r10, Maximum = r8, Sums = r9, Results = rbx;

    // Scores are powers of 2; what is capped is divided by the cap before.
    private float Factor => (float)(plan.Shape.SoftCap > 0
        ? plan.Shape.Scale / (double)plan.Shape.SoftCap
        : plan.Shape.Scale / Math.Log(2));

    /// <summary>Emits the copy of the queries, times the factor of the scores, and the state of a softmax of nothing.</summary>
    public void EmitBegin()
    {
        EmitQueries();
        var code = assembler.Code;
        var (token, head) = (code.CreateLabel(), code.CreateLabel());
        var shape = plan.Shape;
        code.lea(Maximum, __[KernelAssembler.Scratch + plan.Maxima]);
        code.lea(Sums, __[KernelAssembler.Scratch + plan.Sums]);
        code.lea(Results, __[KernelAssembler.Scratch + plan.Results]);
        code.mov(Token, AttentionLocals.Of(AttentionLocal.Count));
        if (!shape.HasSinks) code.vmovss(xmm1, assembler.Constant(float.NegativeInfinity));
        vectors.Clear(0);
        if (shape.HasSinks) vectors.Load(2, vectors.Constant(lane => lane == 0 ? BitConverter.SingleToInt32Bits(1) : 0));
        code.Label(ref token);
        if (shape.HasSinks)
        {
            code.imul(rax, AttentionLocals.Of(AttentionLocal.KeyHead), plan.Group * sizeof(float));
            code.add(rax, KernelAssembler.Argument(7));
        }

        code.mov(Head, plan.Group);
        code.Label(ref head);
        if (shape.HasSinks)
        {
            code.vmovss(xmm1, __dword_ptr[rax]);
            code.vmulss(xmm1, xmm1, assembler.Constant(1 / LogarithmOfTwo));
            code.add(rax, sizeof(float));
        }

        code.vmovss(__dword_ptr[Maximum], xmm1);
        vectors.Store(__[Sums], shape.HasSinks ? 2 : 0);
        if (plan.PartVectors > 1) vectors.Store(__[Sums + plan.VectorBytes], 0);
        for (var vector = 0; vector < plan.ValueVectors; vector++) vectors.Store(__[Results + vector * plan.VectorBytes], 0);
        code.add(Maximum, sizeof(float));
        code.add(Sums, AttentionPlan.Part * sizeof(float));
        code.add(Results, plan.ValueStride);
        code.dec(Head);
        code.jnz(head);
        code.dec(Token);
        code.jnz(token);
    }

    /// <summary>Emits the division of the results by the sums of weights, and their writing.</summary>
    public void EmitEnd()
    {
        var code = assembler.Code;
        var (token, head) = (code.CreateLabel(), code.CreateLabel());
        var shape = plan.Shape;
        code.lea(Sums, __[KernelAssembler.Scratch + plan.Sums]);
        code.lea(Results, __[KernelAssembler.Scratch + plan.Results]);
        code.xor(Token, Token);
        code.Label(ref token);
        code.mov(rax, AttentionLocals.Of(AttentionLocal.First));
        code.add(rax, Token);
        code.imul(rax, rax, shape.Heads * shape.ValueSize * sizeof(float));
        code.imul(rdx, AttentionLocals.Of(AttentionLocal.KeyHead), plan.Group * shape.ValueSize * sizeof(float));
        code.add(rax, rdx);
        code.add(rax, KernelAssembler.Argument(8));
        code.mov(Head, plan.Group);
        code.Label(ref head);
        if (vectors.IsWide)
        {
            code.vmovups(ymm0, __[Sums + 32]);
            code.vaddps(ymm0, ymm0, __[Sums]);
        }
        else
        {
            code.vmovups(ymm0, __[Sums]);
            code.vaddps(ymm0, ymm0, __[Sums + 32]);
        }

        code.vextractf128(xmm1, ymm0, 1);
        code.vaddps(xmm0, xmm0, xmm1);
        code.vmovhlps(xmm1, xmm0, xmm0);
        code.vaddps(xmm0, xmm0, xmm1);
        code.vmovshdup(xmm1, xmm0);
        code.vaddss(xmm0, xmm0, xmm1);
        code.vmovss(xmm1, assembler.Constant(1f));
        code.vdivss(xmm0, xmm1, xmm0);
        vectors.Broadcast(0, 0);
        for (var vector = 0; vector < plan.ValueVectors; vector++)
        {
            vectors.Multiply(1, 0, __[Results + vector * plan.VectorBytes]);
            vectors.StoreFirst(rax, plan.ElementOf(vector) * sizeof(float), 1, plan.ValueLanes, temporary: 2);
        }

        code.add(rax, shape.ValueSize * sizeof(float));
        code.add(Sums, AttentionPlan.Part * sizeof(float));
        code.add(Results, plan.ValueStride);
        code.dec(Head);
        code.jnz(head);
        code.inc(Token);
        code.cmp(Token, AttentionLocals.Of(AttentionLocal.Count));
        code.jl(token);
    }

    private void EmitQueries()
    {
        var code = assembler.Code;
        var (token, loop) = (code.CreateLabel(), code.CreateLabel());
        var shape = plan.Shape;
        var elements = plan.Group * shape.Size;
        var (source, target, count) = (rax, rdx, rbp);
        vectors.Load(1, vectors.Constant(Factor));
        code.lea(target, __[KernelAssembler.Scratch + plan.Queries]);
        code.xor(Token, Token);
        code.Label(ref token);
        code.mov(source, AttentionLocals.Of(AttentionLocal.First));
        code.add(source, Token);
        code.imul(source, source, checked((int)(shape.QueryStride * sizeof(float))));
        code.imul(r8, AttentionLocals.Of(AttentionLocal.KeyHead), elements * sizeof(float));
        code.add(source, r8);
        code.add(source, KernelAssembler.Argument(0));
        if (elements >= vectors.Lanes)
        {
            code.mov(count, elements / vectors.Lanes);
            code.Label(ref loop);
            vectors.Multiply(0, 1, __[source]);
            vectors.Store(__[target], 0);
            code.add(source, vectors.Bytes);
            code.add(target, vectors.Bytes);
            code.dec(count);
            code.jnz(loop);
        }

        for (var i = 0; i < elements % vectors.Lanes; i++)
        {
            code.vmulss(xmm0, xmm1, __dword_ptr[source + i * sizeof(float)]);
            code.vmovss(__dword_ptr[target + i * sizeof(float)], xmm0);
        }

        code.add(target, elements % vectors.Lanes * sizeof(float));
        code.inc(Token);
        code.cmp(Token, AttentionLocals.Of(AttentionLocal.Count));
        code.jl(token);
    }
}
