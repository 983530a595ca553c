namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Bounds of indices that come from outside: they are checked before memory is touched.</summary>
internal static class RowIndex
{
    public static long Check(int index, long rows, string operation) => (uint)index < (ulong)rows
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{operation}: there are rows 0 to {rows - 1}");
}
