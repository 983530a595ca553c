using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// States of spans: kept for another item, taken from one, and put together. Two states become one as
/// <c>first * 2^(m1 - m) + second * 2^(m2 - m)</c>, m being the larger of their maxima; a state of nothing changes no bit.
/// </summary>
internal sealed class SpanStates(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private static readonly AssemblerRegister64 State = rax, Total = rdx, Row = r8, Span = r9, Token = r10, Source = r11;

    // Registers of vectors.
    private const int X = 0, Other = 1, Power = 2, Shrink = 3, Weight = 4, Largest = 5;

    private readonly BaseTwoExponential _exponential = new(vectors, assembler.Code);

    /// <summary>Emits what an item goes on from: the states of the spans before it, put together, and that of its own.</summary>
    public void EmitLoad()
    {
        var code = assembler.Code;
        var (span, spans, own) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        code.xor(Span, Span);
        code.Label(ref span);
        code.mov(rax, AttentionLocals.Of(AttentionLocal.Item));
        code.movsxd(rax, __dword_ptr[rax + Field(nameof(AttentionItem.Spans))]);
        code.cmp(Span, rax);
        code.jge(spans);
        ForStates(plan.Totals, () =>
        {
            code.mov(Total, Row);
            code.mov(State, Source);
            EmitMerge();
        });
        code.inc(Span);
        code.jmp(span);
        code.Label(ref spans);
        code.mov(rax, AttentionLocals.Of(AttentionLocal.Item));
        code.cmp(__dword_ptr[rax + Field(nameof(AttentionItem.GoesOn))], 0);
        code.je(own);
        ForStates(plan.States, () => EmitCopy(Source, Row));
        code.Label(ref own);
        code.nop(); // an instruction has one label, and others follow
    }

    /// <summary>Emits the keeping of a part's states.</summary>
    public void EmitKeep()
    {
        var code = assembler.Code;
        code.mov(rax, AttentionLocals.Of(AttentionLocal.Item));
        code.movsxd(Span, __dword_ptr[rax + Field(nameof(AttentionItem.Span))]);
        ForStates(plan.States, () => EmitCopy(Row, Source));
    }

    /// <summary>Emits the end of a span: its state joins that of those before.</summary>
    /// <param name="isLast">Whether no other span follows, which would begin with nothing.</param>
    public void EmitSpanEnd(bool isLast)
    {
        var code = assembler.Code;
        var row = code.CreateLabel();
        code.lea(State, __[KernelAssembler.Scratch + plan.States]);
        code.lea(Total, __[KernelAssembler.Scratch + plan.Totals]);
        code.imul(Row, AttentionLocals.Of(AttentionLocal.Count), plan.Group);
        code.Label(ref row);
        EmitMerge();
        if (!isLast)
        {
            code.vmovss(xmm1, assembler.Constant(float.NegativeInfinity));
            code.vmovss(__dword_ptr[State], xmm1);
            vectors.Clear(0);
            ForNumbers(offset => vectors.Store(__[State + offset], 0));
        }

        code.add(State, plan.StateStride);
        code.add(Total, plan.StateStride);
        code.dec(Row);
        code.jnz(row);
    }

    // A total takes a state in. A total of nothing stays such.
    private void EmitMerge()
    {
        var code = assembler.Code;
        code.vmovss(CacheVectors.X(Shrink), __dword_ptr[Total]);
        code.vmovss(CacheVectors.X(Weight), __dword_ptr[State]);
        code.vmovss(CacheVectors.X(Largest), assembler.Constant(float.MinValue));
        code.vmaxss(CacheVectors.X(Largest), CacheVectors.X(Largest), CacheVectors.X(Shrink));
        code.vmaxss(CacheVectors.X(Largest), CacheVectors.X(Largest), CacheVectors.X(Weight));
        code.vmovss(__dword_ptr[Total], CacheVectors.X(Largest));
        code.vsubss(CacheVectors.X(Shrink), CacheVectors.X(Shrink), CacheVectors.X(Largest));
        code.vsubss(CacheVectors.X(Weight), CacheVectors.X(Weight), CacheVectors.X(Largest));
        foreach (var factor in (int[])[Shrink, Weight])
        {
            vectors.Broadcast(factor, factor);
            _exponential.Emit(factor, Other, Power);
        }

        ForNumbers(offset =>
        {
            vectors.Multiply(X, Shrink, __[Total + offset]);
            vectors.Load(Other, __[State + offset]);
            vectors.AddProduct(X, Other, Weight);
            vectors.Store(__[Total + offset], X);
        });
    }

    private void EmitCopy(AssemblerRegister64 from, AssemblerRegister64 to)
    {
        var code = assembler.Code;
        code.vmovss(xmm0, __dword_ptr[from]);
        code.vmovss(__dword_ptr[to], xmm0);
        ForNumbers(offset =>
        {
            vectors.Load(0, __[from + offset]);
            vectors.Store(__[to + offset], 0);
        });
    }

    // All of a state behind its maximum.
    private void ForNumbers(Action<int> each)
    {
        for (var vector = 0; vector < plan.PartVectors; vector++) each(AttentionPlan.SumsOfState + vector * plan.VectorBytes);
        for (var vector = 0; vector < plan.ValueVectors; vector++) each(AttentionPlan.ResultsOfState + vector * plan.VectorBytes);
    }

    // The rows in scratch memory, and beside each its state of the span.
    private void ForStates(int rows, Action body)
    {
        var code = assembler.Code;
        var (token, head) = (code.CreateLabel(), code.CreateLabel());
        code.lea(Row, __[KernelAssembler.Scratch + rows]);
        code.xor(Token, Token);
        code.Label(ref token);
        code.mov(Source, AttentionLocals.Of(AttentionLocal.Tokens));
        code.movsxd(Source, __dword_ptr[Source + Token * 4]);
        code.mov(rax, KernelAssembler.Argument(11));
        code.movsxd(Source, __dword_ptr[rax + Source * 4]);
        code.add(Source, Span);
        code.imul(Source, Source, plan.Shape.KeyHeads);
        code.add(Source, AttentionLocals.Of(AttentionLocal.KeyHead));
        code.imul(Source, Source, plan.Group * plan.StateStride);
        code.add(Source, KernelAssembler.Argument(12));
        code.mov(rbx, plan.Group);
        code.Label(ref head);
        body();
        code.add(Row, plan.StateStride);
        code.add(Source, plan.StateStride);
        code.dec(rbx);
        code.jnz(head);
        code.inc(Token);
        code.cmp(Token, AttentionLocals.Of(AttentionLocal.Count));
        code.jl(token);
    }

    private static int Field(string name) => (int)Marshal.OffsetOf<AttentionItem>(name);
}
