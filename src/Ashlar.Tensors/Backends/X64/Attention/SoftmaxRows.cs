using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Turns the scores of a chunk into weights and puts the chunk together with those before it: what came before shrinks by
/// 2^(old maximum - new maximum). Positions that a token does not see get the weight 0; a token that sees nothing of the chunk is
/// left as it is.
/// </summary>
internal sealed class SoftmaxRows(KernelAssembler assembler, AttentionPlan plan, CacheVectors vectors)
{
    private static readonly AssemblerRegister64 Scores = r8, Begin = r9, End = r10, Maximum = r11, Sums = rbx, Results = rbp,
        Place = rax, Head = r13;

    // Registers of vectors.
    private const int X = 0, Other = 1, Power = 2, One = 3, Fraction = 4, Largest = 5, Shrink = 6, Total = 7, Low = 9, High = 10,
        Nothing = 11, Numbers = 12;

    private readonly BaseTwoExponential _exponential = new(vectors, assembler.Code);

    /// <summary>Emits the softmax of all tokens of the item.</summary>
    public void Emit()
    {
        var code = assembler.Code;
        var row = code.CreateLabel();
        vectors.Load(Nothing, vectors.Constant(float.NegativeInfinity));
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            vectors.Load(Numbers + vector, vectors.Constant(lane => (lane + vector * plan.Lanes) % AttentionPlan.Part));
        }

        TokenLoop.Emit(code, plan, (from, to, _) =>
        {
            BroadcastLane(Low, from);
            BroadcastLane(High, to);
            code.and(from, -AttentionPlan.Part);
            code.and(to, -AttentionPlan.Part);
            code.lea(Begin, __[from * sizeof(float)]);
            code.lea(End, __[to * sizeof(float) + AttentionPlan.Part * sizeof(float)]);
            code.mov(rdx, AttentionLocals.Of(AttentionLocal.Token));
            code.imul(rdx, rdx, plan.Group);
            code.imul(Maximum, rdx, plan.StateStride);
            code.lea(Maximum, __[KernelAssembler.Scratch + Maximum + plan.States]);
            code.imul(Scores, rdx, AttentionPlan.ScoreStride);
            code.lea(Scores, __[KernelAssembler.Scratch + Scores + plan.Scores]);
            code.lea(Sums, __[Maximum + AttentionPlan.SumsOfState]);
            code.lea(Results, __[Maximum + AttentionPlan.ResultsOfState]);
            code.mov(Head, plan.Group);
            code.Label(ref row);
            if (plan.Shape.SoftCap > 0) EmitCap();
            EmitMasks();
            EmitMaximum();
            EmitWeights();
            EmitShrink();
            code.add(Scores, AttentionPlan.ScoreStride);
            code.add(Maximum, plan.StateStride);
            code.add(Sums, plan.StateStride);
            code.add(Results, plan.StateStride);
            code.dec(Head);
            code.jnz(row);
        });
    }

    // The place of a position in its part, in all elements.
    private void BroadcastLane(int target, AssemblerRegister64 position)
    {
        var code = assembler.Code;
        code.mov(rdx, position);
        code.and(edx, AttentionPlan.Part - 1);
        code.vmovd(CacheVectors.X(target), edx);
        if (vectors.IsWide) code.vpbroadcastd(CacheVectors.Z(target), CacheVectors.X(target));
        else code.vpbroadcastd(CacheVectors.Y(target), CacheVectors.X(target));
    }

    private void EmitCap()
    {
        var code = assembler.Code;
        var loop = code.CreateLabel();
        code.mov(Place, Begin);
        code.Label(ref loop);
        vectors.Load(X, __[Scores + Place]);
        _exponential.EmitCap(X, (float)(plan.Shape.SoftCap / Math.Log(2)), Fraction, Other, Power, One);
        vectors.Store(__[Scores + Place], X);
        code.add(Place, vectors.Bytes);
        code.cmp(Place, End);
        code.jl(loop);
    }

    // The first part may begin, and the last end, with positions that the token does not see.
    private void EmitMasks()
    {
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            var offset = vector * plan.VectorBytes;
            Mask(__[Scores + Begin + offset], Low, Numbers + vector);
            Mask(__[Scores + End + (offset - AttentionPlan.Part * sizeof(float))], Numbers + vector, High);
        }
    }

    private void Mask(AssemblerMemoryOperand place, int larger, int smaller)
    {
        var code = assembler.Code;
        vectors.Load(X, place);
        if (vectors.IsWide)
        {
            code.vpcmpgtd(k1, CacheVectors.Z(larger), CacheVectors.Z(smaller));
            code.vmovaps(CacheVectors.Z(X).k1, CacheVectors.Z(Nothing));
        }
        else
        {
            code.vpcmpgtd(CacheVectors.Y(Other), CacheVectors.Y(larger), CacheVectors.Y(smaller));
            code.vblendvps(CacheVectors.Y(X), CacheVectors.Y(X), CacheVectors.Y(Nothing), CacheVectors.Y(Other));
        }

        vectors.Store(place, X);
    }

    private void EmitMaximum()
    {
        var code = assembler.Code;
        var loop = code.CreateLabel();
        vectors.Load(Largest, vectors.Constant(float.NegativeInfinity));
        code.mov(Place, Begin);
        code.Label(ref loop);
        vectors.Load(X, __[Scores + Place]);
        vectors.Maximum(Largest, Largest, X);
        code.add(Place, vectors.Bytes);
        code.cmp(Place, End);
        code.jl(loop);

        if (vectors.IsWide)
        {
            code.vextractf64x4(ymm0, CacheVectors.Z(Largest), 1);
            code.vmaxps(CacheVectors.Y(Largest), CacheVectors.Y(Largest), ymm0);
        }

        code.vextractf128(xmm0, CacheVectors.Y(Largest), 1);
        code.vmaxps(CacheVectors.X(Largest), CacheVectors.X(Largest), xmm0);
        code.vmovhlps(xmm0, CacheVectors.X(Largest), CacheVectors.X(Largest));
        code.vmaxps(CacheVectors.X(Largest), CacheVectors.X(Largest), xmm0);
        code.vmovshdup(xmm0, CacheVectors.X(Largest));
        code.vmaxss(CacheVectors.X(Largest), CacheVectors.X(Largest), xmm0);
        code.vmovss(CacheVectors.X(Shrink), __dword_ptr[Maximum]);
        code.vmaxss(CacheVectors.X(Largest), CacheVectors.X(Shrink), CacheVectors.X(Largest));
        code.vmovss(__dword_ptr[Maximum], CacheVectors.X(Largest));
        code.vsubss(CacheVectors.X(Shrink), CacheVectors.X(Shrink), CacheVectors.X(Largest));
        vectors.Broadcast(Shrink, Shrink);
        _exponential.Emit(Shrink, Other, Power);
        vectors.Broadcast(Largest, Largest);
    }

    private void EmitWeights()
    {
        var code = assembler.Code;
        var loop = code.CreateLabel();
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            vectors.Multiply(Total + vector, Shrink, __[Sums + vector * plan.VectorBytes]);
        }

        code.mov(Place, Begin);
        code.Label(ref loop);
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            vectors.Load(X, __[Scores + Place + vector * plan.VectorBytes]);
            vectors.Subtract(X, X, Largest);
            _exponential.Emit(X, Other, Power);
            if (plan.HasValueDots) RoundWeights();
            else vectors.Store(__[Scores + Place + vector * plan.VectorBytes], X);
            vectors.Add(Total + vector, Total + vector, X);
        }

        code.add(Place, AttentionPlan.Part * sizeof(float));
        code.cmp(Place, End);
        code.jl(loop);
        for (var vector = 0; vector < plan.PartVectors; vector++)
        {
            vectors.Store(__[Sums + vector * plan.VectorBytes], Total + vector);
        }
    }

    // Of a weight as BF16 the place is behind what was read; what is summed is what values are multiplied by.
    private void RoundWeights()
    {
        var code = assembler.Code;
        code.mov(rdx, Place);
        code.shr(rdx, 1);
        code.vcvtneps2bf16(CacheVectors.Y(X), CacheVectors.Z(X));
        code.vmovups(__[Scores + rdx], CacheVectors.Y(X));
        code.vpmovzxwd(CacheVectors.Z(X), CacheVectors.Y(X));
        code.vpslld(CacheVectors.Z(X), CacheVectors.Z(X), 16);
    }

    private void EmitShrink()
    {
        for (var vector = 0; vector < plan.ValueVectors; vector++)
        {
            vectors.Multiply(X, Shrink, __[Results + vector * plan.VectorBytes]);
            vectors.Store(__[Results + vector * plan.VectorBytes], X);
        }
    }
}
