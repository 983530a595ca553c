using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Attention over a block table, chunk of positions by chunk: scores, softmax, weighted sum of values, put together with the
/// chunks before.
/// <para>A row (a head of a token) goes through the same operations however many rows are beside it: chunks begin at fixed
/// positions, a score is one sum in the order of elements, a result one sum in the order of positions. Positions that a row does
/// not see are left out of its sums and not multiplied by zero, since what lies there may be anything. So the rows of an item
/// take together the positions that all see; those before and after, which only some see, each token takes alone.</para>
/// </summary>
internal sealed class AttentionEmitter
{
    private readonly KernelAssembler _assembler;
    private readonly Assembler _code;
    private readonly AttentionPlan _plan;
    private readonly CacheVectors _vectors;

    private AttentionEmitter(PagedAttentionShape shape, InstructionSet set)
    {
        _assembler = new KernelAssembler(set);
        _code = _assembler.Code;
        _plan = new AttentionPlan(shape, set);
        _vectors = new CacheVectors(_assembler);
    }

    public static Kernel Emit(PagedAttention attention, InstructionSet set) => new AttentionEmitter(attention.Shape, set).Emit();

    private Kernel Emit()
    {
        var (item, chunk, many, next) = (Label(), Label(), Label(), Label());
        var (results, end, done) = (Label(), Label(), Label());
        var rows = new AttentionRows(_assembler, _plan, _vectors);
        var scores = new ScoreTiles(_assembler, _plan, _vectors);
        var values = new ValueTiles(_assembler, _plan, _vectors);
        var softmax = new SoftmaxRows(_assembler, _plan, _vectors);
        var states = new SpanStates(_assembler, _plan, _vectors);
        var tiles = _plan.Group / _plan.TokenRows;
        _vectors.SetTail(_plan.ValueLanes);
        if (_plan.HasValueDots) ValuePairs.EmitMasks(_code, _plan);
        _code.mov(Local(AttentionLocal.Next), KernelAssembler.From);
        _code.mov(Local(AttentionLocal.End), KernelAssembler.To);

        _code.Label(ref item);
        EmitItem(item, done);
        rows.EmitBegin();
        states.EmitLoad();
        _code.Label(ref chunk);
        new ChunkParts(_assembler, _plan, _vectors).Emit();
        _code.cmp(Local(AttentionLocal.Count), 1);
        _code.jne(many);

        EmitScores(scores, _plan.TokenRows, tiles, isPacked: false);
        softmax.Emit();
        _code.mov(ValueTiles.From, Local(AttentionLocal.From));
        _code.mov(ValueTiles.Positions, Local(AttentionLocal.To));
        _code.sub(ValueTiles.Positions, ValueTiles.From);
        _code.inc(ValueTiles.Positions);
        _code.lea(ValueTiles.Weights, __[KernelAssembler.Scratch + _plan.Scores]);
        _code.lea(ValueTiles.Results, __[KernelAssembler.Scratch + (_plan.States + AttentionPlan.ResultsOfState)]);
        values.EmitCached(_plan.TokenRows, tiles);
        _code.jmp(next);

        _code.Label(ref many);
        EmitScores(scores, _plan.ManyRows, 0, isPacked: true);
        softmax.Emit();
        EmitValuesOfMany(values, tiles, next);

        _code.Label(ref next);
        _code.mov(rax, Local(AttentionLocal.Chunk));
        _code.add(rax, AttentionPlan.Chunk);
        _code.mov(Local(AttentionLocal.Chunk), rax);
        _code.cmp(rax, Local(AttentionLocal.Last));
        _code.jg(end);
        _code.test(eax, PagedAttention.Span - 1);
        _code.jnz(chunk);
        states.EmitSpanEnd(isLast: false);
        _code.jmp(chunk);

        _code.Label(ref end);
        _code.mov(rax, Local(AttentionLocal.Item));
        _code.cmp(Field(rax, nameof(AttentionItem.Last)), 0);
        _code.jl(results);
        states.EmitKeep();
        _code.jmp(item);
        _code.Label(ref results);
        states.EmitSpanEnd(isLast: true);
        rows.EmitEnd();
        _code.jmp(item);
        _code.Label(ref done);
        return _assembler.Finish(_plan.ScratchBytes);
    }

    private void EmitScores(ScoreTiles scores, int rows, int tiles, bool isPacked)
    {
        if (_plan.HasKeyBlocks) scores.Emit(rows, tiles, new BlockScores(_code, _plan, _vectors, isPacked).EmitTile);
        else scores.Emit(rows, tiles, _plan.Shape.KeyType, isOne: !isPacked);
    }

    // What the next number of the range stands for.
    private void EmitItem(Label item, Label done)
    {
        var toThemselves = Label();
        var shape = _plan.Shape;
        _code.mov(rax, Local(AttentionLocal.Next));
        _code.cmp(rax, Local(AttentionLocal.End));
        _code.jge(done);
        _code.lea(rdx, __[rax + 1]);
        _code.mov(Local(AttentionLocal.Next), rdx);
        _code.xor(edx, edx);
        _code.mov(r8d, shape.KeyHeads);
        _code.div(r8); // rax: the item, rdx: the key head
        _code.mov(Local(AttentionLocal.KeyHead), rdx);
        _code.imul(r9, rax, AttentionItem.Numbers * sizeof(int));
        _code.add(r9, KernelAssembler.Argument(9));
        _code.mov(Local(AttentionLocal.Item), r9);
        _code.movsxd(r10, Field(r9, nameof(AttentionItem.First)));
        _code.shl(r10, 2);
        _code.add(r10, KernelAssembler.Argument(10));
        _code.mov(Local(AttentionLocal.Tokens), r10);
        _code.movsxd(r11, Field(r9, nameof(AttentionItem.Tokens)));
        _code.mov(Local(AttentionLocal.Count), r11);
        _code.test(r11, r11);
        _code.jle(item);
        _code.movsxd(r10, __dword_ptr[r10]); // the number of the first token

        _code.imul(r8, rdx, _plan.KeyPartBytes);
        _code.add(r8, KernelAssembler.Argument(1));
        _code.mov(Local(AttentionLocal.Keys), r8);
        _code.imul(r8, rdx, _plan.ValueHeadBytes);
        _code.add(r8, KernelAssembler.Argument(2));
        _code.mov(Local(AttentionLocal.Values), r8);

        _code.mov(r9, KernelAssembler.Argument(4));
        _code.movsxd(r8, __dword_ptr[r9 + r10 * 4]);
        _code.imul(r8, KernelAssembler.Argument(6));
        _code.shl(r8, 2);
        _code.add(r8, KernelAssembler.Argument(5));
        _code.mov(Local(AttentionLocal.Table), r8);

        _code.imul(rax, r11, _plan.Group);
        _code.add(rax, _plan.ManyRows - 1);
        _code.xor(edx, edx);
        _code.mov(r8d, _plan.ManyRows);
        _code.div(r8);
        _code.mov(Local(AttentionLocal.Tiles), rax);

        _code.mov(r9, KernelAssembler.Argument(3));
        _code.movsxd(r8, __dword_ptr[r9 + r10 * 4]);
        _code.lea(r9, __[r8 + r11 - 1]);
        _code.mov(rax, Local(AttentionLocal.Item));
        _code.movsxd(rax, Field(rax, nameof(AttentionItem.Last)));
        _code.test(rax, rax);
        _code.js(toThemselves);
        _code.mov(r8, rax); // all tokens see all positions of a part
        _code.mov(r9, rax);
        _code.Label(ref toThemselves);
        _code.mov(Local(AttentionLocal.Position), r8);
        _code.mov(Local(AttentionLocal.Last), r9);
        TokenLoop.EmitFirst(_code, _plan, r9, r8);
        _code.mov(rax, Local(AttentionLocal.Item));
        _code.movsxd(rax, Field(rax, nameof(AttentionItem.Begin)));
        _code.cmp(r9, rax);
        _code.cmovl(r9, rax);
        _code.mov(Local(AttentionLocal.Visible), r9);
        _code.and(r9, -AttentionPlan.Chunk);
        _code.mov(Local(AttentionLocal.Chunk), r9);
    }

    // Each token's positions before the common ones; the common ones; each token's positions after them.
    private void EmitValuesOfMany(ValueTiles values, int tiles, Label done)
    {
        var (pass, after, bounded) = (Label(), Label(), Label());
        EmitCommon();
        _code.mov(Local(AttentionLocal.IsAfter), 0);
        _code.Label(ref pass);
        TokenLoop.Emit(_code, _plan, (from, to, skip) =>
        {
            _code.mov(ValueTiles.From, from);
            _code.cmp(Local(AttentionLocal.IsAfter), 0);
            _code.jne(after);
            _code.mov(rax, Local(AttentionLocal.CommonFrom));
            _code.dec(rax);
            _code.cmp(to, rax);
            _code.cmovg(to, rax);
            _code.jmp(bounded);
            _code.Label(ref after);
            _code.mov(ValueTiles.From, Local(AttentionLocal.CommonTo));
            _code.inc(ValueTiles.From);
            _code.Label(ref bounded);
            _code.mov(ValueTiles.Positions, to);
            _code.sub(ValueTiles.Positions, ValueTiles.From);
            _code.inc(ValueTiles.Positions);
            _code.jle(skip);
            _code.mov(rdx, Local(AttentionLocal.Token));
            _code.imul(rdx, rdx, _plan.Group);
            _code.imul(ValueTiles.Weights, rdx, AttentionPlan.ScoreStride);
            _code.lea(ValueTiles.Weights, __[KernelAssembler.Scratch + ValueTiles.Weights + _plan.Scores]);
            _code.imul(ValueTiles.Results, rdx, _plan.StateStride);
            _code.add(ValueTiles.Results, KernelAssembler.Scratch);
            _code.add(ValueTiles.Results, _plan.States + AttentionPlan.ResultsOfState);
            if (_plan.HasValueDots) values.EmitCached(_plan.TokenRows, tiles);
            else values.EmitPacked(_plan.TokenRows, tiles);
        });
        _code.cmp(Local(AttentionLocal.IsAfter), 0);
        _code.jne(done);
        _code.mov(Local(AttentionLocal.IsAfter), 1);
        _code.mov(ValueTiles.From, Local(AttentionLocal.CommonFrom));
        _code.mov(ValueTiles.Positions, Local(AttentionLocal.CommonTo));
        _code.sub(ValueTiles.Positions, ValueTiles.From);
        _code.inc(ValueTiles.Positions);
        _code.jle(pass);
        _code.lea(ValueTiles.Weights, __[KernelAssembler.Scratch + _plan.Scores]);
        _code.lea(ValueTiles.Results, __[KernelAssembler.Scratch + (_plan.States + AttentionPlan.ResultsOfState)]);
        if (_plan.HasValueDots) values.EmitCached(_plan.ManyRows, 0);
        else values.EmitPacked(_plan.ManyRows, 0);
        _code.jmp(pass);
    }

    // From what the last token sees first to what the first token sees last, where there is such a thing; in whole pairs where
    // these are taken at once.
    private void EmitCommon()
    {
        var some = Label();
        _code.mov(r8, Local(AttentionLocal.Last));
        _code.sub(r8, Local(AttentionLocal.Chunk));
        TokenLoop.EmitFirst(_code, _plan, r9, r8);
        _code.mov(r10, Local(AttentionLocal.Position));
        _code.sub(r10, Local(AttentionLocal.Chunk));
        _code.mov(eax, AttentionPlan.Chunk - 1);
        _code.cmp(r10, rax);
        _code.cmovg(r10, rax);
        if (_plan.HasValueDots)
        {
            _code.inc(r9);
            _code.and(r9, -2);
            _code.inc(r10);
            _code.and(r10, -2);
            _code.dec(r10);
        }

        _code.cmp(r9, r10);
        _code.jle(some);
        _code.mov(r9d, AttentionPlan.Chunk);
        _code.mov(r10d, AttentionPlan.Chunk - 1);
        _code.Label(ref some);
        _code.mov(Local(AttentionLocal.CommonFrom), r9);
        _code.mov(Local(AttentionLocal.CommonTo), r10);
    }

    private static AssemblerMemoryOperand Field(AssemblerRegister64 item, string name) =>
        __dword_ptr[item + (int)Marshal.OffsetOf<AttentionItem>(name)];

    private Label Label() => _code.CreateLabel();

    private static AssemblerMemoryOperand Local(AttentionLocal local) => AttentionLocals.Of(local);
}
