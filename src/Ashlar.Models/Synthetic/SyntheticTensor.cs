using Ashlar.Tensors;

namespace Ashlar.Models.Synthetic;

/// <summary>A tensor that is yet to be made.</summary>
/// <param name="Name">GGUF's name.</param>
/// <param name="Type">How elements are stored.</param>
/// <param name="Sizes">The size of each axis.</param>
/// <param name="Deviation">The standard deviation of its elements round 0; 0 for a tensor of ones.</param>
internal sealed record SyntheticTensor(string Name, DType Type, long[] Sizes, float Deviation);
