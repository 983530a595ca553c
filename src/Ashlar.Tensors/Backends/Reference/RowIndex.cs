namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Bounds of indices that come from outside: they are checked before memory is touched.</summary>
internal static unsafe class RowIndex
{
    /// <summary>The index, where it is one of <paramref name="count"/> of <paramref name="what"/>.</summary>
    public static long Check(int index, long count, string what) => index >= 0 && index < count
        ? index
        : throw new InvalidOperationException($"there is no {what} {index} among {count}");

    /// <summary>Checks every index of a tensor.</summary>
    public static void CheckAll(TensorData indices, long count, string what)
    {
        for (long i = 0; i < indices.Elements; i++) Check(indices.As<int>()[i], count, what);
    }
}
