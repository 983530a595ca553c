namespace Ashlar.Tensors.Passes;

/// <summary>
/// A number that is known when a plan runs: a size, or the length of a list that is prepared for the run, times a factor.
/// </summary>
/// <param name="Size">The size; where a list is meant, what multiplies its length.</param>
/// <param name="List">The list, or null.</param>
internal readonly record struct Extent(Dim Size, Preparation? List = null);
