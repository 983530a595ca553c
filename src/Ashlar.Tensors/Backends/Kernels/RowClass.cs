namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>Numbers of rows that one kernel is made for.</summary>
internal enum RowClass
{
    /// <summary>One row: the weights are read once, at the speed of the memory.</summary>
    One,
    /// <summary>2 to 12 rows: the weights are read once, unpacked in registers, and used for all.</summary>
    Few,
    /// <summary>Any number: the weights pass through the cache in panels, each of which is used for all.</summary>
    Many,
}
