using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>A loop over the item's tokens that see something of the chunk.</summary>
internal static class TokenLoop
{
    /// <summary>Emits the loop. The body may change all registers but those that kernels begin with.</summary>
    /// <param name="code">The instructions.</param>
    /// <param name="plan">What is computed.</param>
    /// <param name="body">
    /// Gets the first and the last position in the chunk that the token sees, and where the next token begins.
    /// </param>
    public static void Emit(Assembler code, AttentionPlan plan, Action<AssemblerRegister64, AssemblerRegister64, Label> body)
    {
        var (token, next) = (code.CreateLabel(), code.CreateLabel());
        var (from, to) = (r14, r12);
        code.mov(AttentionLocals.Of(AttentionLocal.Token), 0);
        code.Label(ref token);
        code.mov(to, AttentionLocals.Of(AttentionLocal.Position));
        code.add(to, AttentionLocals.Of(AttentionLocal.Token));
        code.sub(to, AttentionLocals.Of(AttentionLocal.Chunk));
        code.js(next);
        EmitFirst(code, plan, from, to);
        code.mov(rax, AttentionPlan.Chunk - 1);
        code.cmp(from, rax);
        code.jg(next);
        code.cmp(to, rax);
        code.cmovg(to, rax);
        body(from, to, next);
        code.Label(ref next);
        code.mov(rax, AttentionLocals.Of(AttentionLocal.Token));
        code.inc(rax);
        code.mov(AttentionLocals.Of(AttentionLocal.Token), rax);
        code.cmp(rax, AttentionLocals.Of(AttentionLocal.Count));
        code.jl(token);
    }

    /// <summary>The first position, 0 or more, that a token at a position sees; rax is used up.</summary>
    public static void EmitFirst(Assembler code, AttentionPlan plan, AssemblerRegister64 first, AssemblerRegister64 position)
    {
        code.xor(eax, eax);
        if (plan.Shape.Window == 0)
        {
            code.mov(first, rax);
            return;
        }

        code.lea(first, __[position - (plan.Shape.Window - 1)]);
        code.test(first, first);
        code.cmovs(first, rax);
    }
}
