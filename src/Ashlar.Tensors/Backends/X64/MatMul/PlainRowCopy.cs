using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Copies a stretch of a block of rows into the scratch memory, where rows lie an odd number of cache lines apart and none falls
/// on another in the first cache. Rows that are named by an order become neighbours.
/// </summary>
/// <param name="kernel">The kernel.</param>
/// <param name="vectors">Its vector instructions.</param>
/// <param name="inputStride">Bytes from row to row of the input.</param>
/// <param name="offset">Where the copy begins in the scratch memory, in bytes.</param>
/// <param name="stride">Bytes from row to row of the copy.</param>
internal sealed class PlainRowCopy(KernelAssembler kernel, PlainVectors vectors, long inputStride, int offset, int stride)
{
    private readonly Assembler _code = kernel.Code;

    /// <summary>Copies the rows of the block, and leaves the copy's address in <see cref="PlainPanels.InputRows"/>.</summary>
    /// <param name="divisor">How many successive rows of the order share a row of the input; 0 without an order.</param>
    public void Emit(int divisor)
    {
        var (row, target, left, to) = (r12, rbx, r13, PlainPanels.InputRows);
        Label next = _code.CreateLabel();
        _code.lea(to, __[KernelAssembler.Scratch + offset]);
        _code.mov(target, to);
        _code.mov(left, PlainFrame.Rows);
        _code.mov(row, divisor > 0 ? PlainFrame.Order : PlainFrame.Input);
        _code.Label(ref next);
        if (divisor > 0) Find(row, divisor);
        else _code.mov(r8, row);
        _code.lea(r8, __[r8 + PlainPanels.FirstWord * 4]);
        CopyRow(target, divisor == 0);
        if (divisor > 0) _code.add(row, sizeof(int));
        else Add(row, inputStride);
        _code.add(target, stride);
        _code.dec(left);
        _code.jne(next);
    }

    private void Find(AssemblerRegister64 place, int divisor)
    {
        _code.movsxd(rax, __dword_ptr[place]);
        if (divisor > 1)
        {
            _code.mov(r10, rdx);
            _code.xor(edx, edx);
            _code.mov(r8d, divisor);
            _code.div(r8);
            _code.mov(rdx, r10);
        }

        _code.mov(r8, inputStride);
        _code.imul(r8, rax);
        _code.add(r8, PlainFrame.Input);
    }

    private void Add(AssemblerRegister64 register, long bytes)
    {
        _code.mov(rax, bytes);
        _code.add(register, rax);
    }

    private void CopyRow(AssemblerRegister64 target, bool isNextKnown)
    {
        Label loop = _code.CreateLabel(), rest = _code.CreateLabel(), word = _code.CreateLabel(), end = _code.CreateLabel();
        _code.mov(r9, target);
        _code.mov(r10, PlainPanels.WordCount);
        _code.sub(r10, kernel.Lanes);
        _code.jl(rest);
        _code.Label(ref loop);
        // The next row lies in another page, where the processor does not look by itself.
        if (isNextKnown) _code.prefetcht0(__byte_ptr[r8 + checked((int)inputStride)]);
        vectors.Load(0, __[r8]);
        vectors.Store(__[r9], 0);
        _code.add(r8, kernel.VectorBytes);
        _code.add(r9, kernel.VectorBytes);
        _code.sub(r10, kernel.Lanes);
        _code.jge(loop);

        _code.Label(ref rest);
        _code.add(r10, kernel.Lanes);
        _code.je(end);
        _code.Label(ref word);
        _code.mov(eax, __dword_ptr[r8]);
        _code.mov(__dword_ptr[r9], eax);
        _code.add(r8, sizeof(float));
        _code.add(r9, sizeof(float));
        _code.dec(r10);
        _code.jne(word);
        _code.Label(ref end);
        _code.nop();
    }
}
