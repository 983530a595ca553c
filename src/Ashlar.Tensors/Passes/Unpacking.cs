using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Weights of formats that no kernel reads: they are packed as another format that takes more memory.</summary>
internal static class Unpacking
{
    /// <summary>
    /// Which formats of a plan these are, how large in the file and in memory, in one line; null where there are none.
    /// </summary>
    public static string? Describe(Plan plan)
    {
        var matrices = plan.Regions.OfType<IWeighted>().Select(region => region.Matrix)
            .Where(matrix => !PackedMatrices.KeepsNumbers(matrix.Type)).DistinctBy(matrix => matrix.Data).ToArray();
        if (matrices.Length == 0) return null;
        var types = matrices.GroupBy(matrix => matrix.Type).OrderBy(group => group.Key)
            .Select(group => $"{group.Key} ({PlanText.Amount(group.Sum(matrix => matrix.Data.Bytes))}B)");
        return $"no kernel reads weights of {string.Join(", ", types)}: "
            + $"at load they are unpacked to 8-bit codes with F32 scales, {PlanText.Amount(matrices.Sum(PackedMatrices.Bytes))}B in memory";
    }
}
