using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>Numbers that attention keeps at the beginning of its scratch memory, 8 bytes each.</summary>
internal enum AttentionLocal
{
    /// <summary>The next of the range, and its end.</summary>
    Next, End,
    /// <summary>The item: its address, that of its first token's number, its number of tokens, key head, number of tiles of
    /// several tokens.</summary>
    Item, Tokens, Count, KeyHead, Tiles,
    /// <summary>The item's first position, its last, the first that a token sees; the first of the chunk.</summary>
    Position, Last, Visible, Chunk,
    /// <summary>The sequence's row of the block table; the first key and value of the key head.</summary>
    Table, Keys, Values,
    /// <summary>In the chunk, what the item sees: first and last position, first and last part.</summary>
    From, To, FirstPart, LastPart,
    /// <summary>The token of the item, and whether its positions are those after the common ones.</summary>
    Token, IsAfter,
    /// <summary>In the chunk, the first and last position that all tokens see; past the chunk where there is none.</summary>
    CommonFrom, CommonTo,
}

/// <summary>Addresses of the locals.</summary>
internal static class AttentionLocals
{
    /// <summary>The memory of all locals.</summary>
    public const int Bytes = 192;

    /// <summary>A local's place.</summary>
    public static AssemblerMemoryOperand Of(AttentionLocal local) =>
        __qword_ptr[KernelAssembler.Scratch + (int)local * 8];
}
