using Ashlar.Tensors;

namespace Ashlar.Bench.Attention;

/// <summary>The attention of a model.</summary>
internal sealed record AttentionShape(string Name, int Layers, int Heads, int KeyHeads, int Size, DType KeyType, DType ValueType);
