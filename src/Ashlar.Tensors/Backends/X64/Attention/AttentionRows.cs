using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>Begins and ends the rows of an item.</summary>
internal sealed class AttentionRows(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private const float LogarithmOfTwo = 0.6931471805599453f;

    private static readonly AssemblerRegister64 Token = r11, Head = r10, Total = r8, Number = r9, State = rbx;

    // Scores are powers of 2; what is capped is divided by the cap before.
    private float Factor => (float)(plan.Shape.SoftCap > 0
        ? plan.Shape.Scale / (double)plan.Shape.SoftCap
        : plan.Shape.Scale / Math.Log(2));

    /// <summary>Emits the copy of the queries, times the factor of the scores, and totals and states of nothing.</summary>
    public void EmitBegin()
    {
        EmitQueries();
        var code = assembler.Code;
        var shape = plan.Shape;
        code.lea(State, __[KernelAssembler.Scratch + plan.States]);
        code.lea(Total, __[KernelAssembler.Scratch + plan.Totals]);
        code.vmovss(xmm1, assembler.Constant(float.NegativeInfinity));
        if (shape.HasSinks) code.vmovaps(xmm4, xmm1);
        vectors.Clear(0);
        if (shape.HasSinks) vectors.Load(2, vectors.Constant(lane => lane == 0 ? BitConverter.SingleToInt32Bits(1) : 0));
        ForRows(
            () =>
            {
                if (!shape.HasSinks) return;
                code.imul(rax, AttentionLocals.Of(AttentionLocal.KeyHead), plan.Group * sizeof(float));
                code.add(rax, KernelAssembler.Argument(7));
            },
            () =>
            {
                if (shape.HasSinks)
                {
                    code.vmovss(xmm4, __dword_ptr[rax]);
                    code.vmulss(xmm4, xmm4, assembler.Constant(1 / LogarithmOfTwo));
                    code.add(rax, sizeof(float));
                }

                Empty(State, 1, 0);
                Empty(Total, shape.HasSinks ? 4 : 1, shape.HasSinks ? 2 : 0);
                code.add(State, plan.StateStride);
                code.add(Total, plan.StateStride);
            });
    }

    /// <summary>Emits the division of the results by the sums of weights, and their writing.</summary>
    public void EmitEnd()
    {
        var code = assembler.Code;
        var shape = plan.Shape;
        code.lea(Total, __[KernelAssembler.Scratch + plan.Totals]);
        ForRows(
            () =>
            {
                code.imul(rax, Number, shape.Heads * shape.ValueSize * sizeof(float));
                code.imul(rdx, AttentionLocals.Of(AttentionLocal.KeyHead), plan.Group * shape.ValueSize * sizeof(float));
                code.add(rax, rdx);
                code.add(rax, KernelAssembler.Argument(8));
            },
            () =>
            {
                EmitSum();
                for (var vector = 0; vector < plan.ValueVectors; vector++)
                {
                    vectors.Multiply(1, 0, __[Total + (AttentionPlan.ResultsOfState + vector * plan.VectorBytes)]);
                    vectors.StoreFirst(rax, plan.ElementOf(vector) * sizeof(float), 1, plan.ValueLanes, temporary: 2);
                }

                code.add(rax, shape.ValueSize * sizeof(float));
                code.add(Total, plan.StateStride);
            });
    }

    // 1 / the sum of the weights, in all of register 0.
    private void EmitSum()
    {
        var code = assembler.Code;
        var (first, second) = (__[Total + AttentionPlan.SumsOfState], __[Total + (AttentionPlan.SumsOfState + 32)]);
        code.vmovups(ymm0, vectors.IsWide ? second : first);
        code.vaddps(ymm0, ymm0, vectors.IsWide ? first : second);
        code.vextractf128(xmm1, ymm0, 1);
        code.vaddps(xmm0, xmm0, xmm1);
        code.vmovhlps(xmm1, xmm0, xmm0);
        code.vaddps(xmm0, xmm0, xmm1);
        code.vmovshdup(xmm1, xmm0);
        code.vaddss(xmm0, xmm0, xmm1);
        code.vmovss(xmm1, assembler.Constant(1f));
        code.vdivss(xmm0, xmm1, xmm0);
        vectors.Broadcast(0, 0);
    }

    private void EmitQueries()
    {
        var code = assembler.Code;
        var loop = code.CreateLabel();
        var shape = plan.Shape;
        var elements = plan.Group * shape.Size;
        var (source, target, count) = (rax, rdx, rbp);
        vectors.Load(1, vectors.Constant(Factor));
        code.lea(target, __[KernelAssembler.Scratch + plan.Queries]);
        ForTokens(() =>
        {
            code.imul(source, Number, checked((int)(shape.QueryStride * sizeof(float))));
            code.imul(r8, AttentionLocals.Of(AttentionLocal.KeyHead), elements * sizeof(float));
            code.add(source, r8);
            code.add(source, KernelAssembler.Argument(0));
            if (elements >= vectors.Lanes)
            {
                code.mov(count, elements / vectors.Lanes);
                code.Label(ref loop);
                vectors.Multiply(0, 1, __[source]);
                if (plan.HasKeyDots)
                {
                    code.vcvtneps2bf16(ymm0, zmm0);
                    code.vmovups(__[target], ymm0);
                }
                else vectors.Store(__[target], 0);

                code.add(source, vectors.Bytes);
                code.add(target, vectors.Lanes * plan.QueryBytes);
                code.dec(count);
                code.jnz(loop);
            }

            for (var i = 0; i < elements % vectors.Lanes; i++)
            {
                code.vmulss(xmm0, xmm1, __dword_ptr[source + i * sizeof(float)]);
                if (plan.HasKeyDots)
                {
                    code.vcvtneps2bf16(ymm0, zmm0); // narrower, it has an encoding of newer processors
                    code.vpextrw(__word_ptr[target + i * plan.QueryBytes], xmm0, 0);
                }
                else code.vmovss(__dword_ptr[target + i * sizeof(float)], xmm0);
            }

            code.add(target, elements % vectors.Lanes * plan.QueryBytes);
        });
    }

    private void Empty(AssemblerRegister64 state, int largest, int sums)
    {
        assembler.Code.vmovss(__dword_ptr[state], CacheVectors.X(largest));
        vectors.Store(__[state + AttentionPlan.SumsOfState], sums);
        if (plan.PartVectors > 1) vectors.Store(__[state + (AttentionPlan.SumsOfState + plan.VectorBytes)], 0);
        for (var vector = 0; vector < plan.ValueVectors; vector++)
        {
            vectors.Store(__[state + (AttentionPlan.ResultsOfState + vector * plan.VectorBytes)], 0);
        }
    }

    // The body of a row does not change the head's register.
    private void ForRows(Action token, Action row)
    {
        var head = assembler.Code.CreateLabel();
        ForTokens(() =>
        {
            token();
            assembler.Code.mov(Head, plan.Group);
            assembler.Code.Label(ref head);
            row();
            assembler.Code.dec(Head);
            assembler.Code.jnz(head);
        });
    }

    // The body finds the token's number in the batch, and does not change the token's register.
    private void ForTokens(Action body)
    {
        var code = assembler.Code;
        var token = code.CreateLabel();
        code.xor(Token, Token);
        code.Label(ref token);
        code.mov(Number, AttentionLocals.Of(AttentionLocal.Tokens));
        code.movsxd(Number, __dword_ptr[Number + Token * 4]);
        body();
        code.inc(Token);
        code.cmp(Token, AttentionLocals.Of(AttentionLocal.Count));
        code.jl(token);
    }
}
