using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Copies a stretch of a block of rows that lie transposed, as (k, rows), into the scratch memory: for each tile of the most rows
/// (k, rows of the tile), so that a tile reads one line behind the other. Nothing is turned: tiles broadcast single elements.
/// </summary>
/// <param name="kernel">The kernel.</param>
/// <param name="vectors">Its vector instructions.</param>
/// <param name="layout">How the copy lies.</param>
/// <param name="offset">Where the copy begins in the scratch memory, in bytes.</param>
internal sealed class PlainColumnCopy(KernelAssembler kernel, PlainVectors vectors, PlainRows layout, int offset)
{
    // How many elements of k ahead memory is asked for.
    private const int WordsAhead = 8;

    private const int Line = 64, WideRows = 12, NarrowRows = 6, NarrowLanes = 8;

    private readonly Assembler _code = kernel.Code;

    private readonly AssemblerMemoryOperand _table = kernel.IsWide ? default : Table(kernel);

    /// <summary>How the copy lies for tiles of so many rows and stretches of so many double words.</summary>
    // Stores are whole vectors: the last one of a tile reaches past its end.
    public static PlainRows Rows(int tileRows, int words) =>
        new(sizeof(float), tileRows * sizeof(float), ((long)words * tileRows * sizeof(float) + 2 * Line - 1) / Line * Line);

    /// <summary>Copies, and leaves the copy's address in <see cref="PlainPanels.InputRows"/>.</summary>
    public void Emit()
    {
        var (word, left, target, to, rows) = (r12, r13, rbx, PlainPanels.InputRows, vectors.IsWide ? WideRows : NarrowRows);
        Label next = _code.CreateLabel(), tile = _code.CreateLabel(), rest = _code.CreateLabel(), end = _code.CreateLabel();
        _code.lea(to, __[KernelAssembler.Scratch + offset]);
        _code.mov(target, to);
        _code.mov(word, PlainFrame.WordBytes);
        _code.imul(word, PlainPanels.FirstWord);
        _code.add(word, PlainFrame.Input);
        _code.mov(left, PlainPanels.WordCount);
        SetMasks(rows);
        _code.imul(rax, PlainFrame.WordBytes, WordsAhead);

        _code.Label(ref next);
        _code.mov(r8, word);
        _code.mov(r9, target);
        _code.mov(r10, PlainFrame.Rows);
        _code.sub(r10, rows);
        _code.jl(rest);
        _code.Label(ref tile);
        // The next elements of k lie in other pages, where the processor does not look by itself.
        _code.prefetcht0(__byte_ptr[r8 + rax]);
        Move(isRest: false);
        _code.add(r8, rows * sizeof(float));
        _code.add(r9, checked((int)layout.TileStride));
        _code.sub(r10, rows);
        _code.jge(tile);
        _code.Label(ref rest);
        _code.add(r10, rows);
        _code.je(end);
        Move(isRest: true);
        _code.Label(ref end);
        _code.add(word, PlainFrame.WordBytes);
        _code.add(target, layout.WordStride);
        _code.dec(left);
        _code.jne(next);
    }

    // Masks of a tile's rows, and of those that are left behind the last whole tile.
    private void SetMasks(int rows)
    {
        _code.mov(rax, PlainFrame.Rows);
        Label reduce = _code.CreateLabel(), done = _code.CreateLabel();
        _code.Label(ref reduce);
        _code.cmp(rax, rows);
        _code.jl(done);
        _code.sub(rax, rows);
        _code.jmp(reduce);
        _code.Label(ref done);
        if (vectors.IsWide)
        {
            _code.mov(r8d, -1);
            _code.bzhi(r8d, r8d, eax);
            _code.kmovw(k4, r8d);
            _code.mov(r8d, (1 << WideRows) - 1);
            _code.kmovw(k3, r8d);
            return;
        }

        _code.lea(r8, _table);
        vectors.Load(1, __[r8 + (NarrowLanes - NarrowRows) * sizeof(int)]);
        _code.neg(rax);
        vectors.Load(2, __[r8 + rax * sizeof(int) + NarrowLanes * sizeof(int)]);
    }

    private void Move(bool isRest)
    {
        if (vectors.IsWide)
        {
            _code.vmovups(isRest ? Vectors.Z(0).k4.z : Vectors.Z(0).k3.z, __[r8]);
        }
        else
        {
            vectors.LoadMasked(0, isRest ? 2 : 1, __[r8]);
        }

        vectors.Store(__[r9], 0);
    }

    // The lanes from 8 - count on begin with as many that are set as count says.
    private static AssemblerMemoryOperand Table(KernelAssembler kernel)
    {
        var lanes = new int[2 * NarrowLanes];
        Array.Fill(lanes, -1, 0, NarrowLanes);
        return kernel.Constant([.. lanes.SelectMany(BitConverter.GetBytes)]);
    }
}
