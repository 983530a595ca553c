namespace Ashlar.Tensors.Passes;

/// <summary>Matrices of weights that are repacked when an executable is made.</summary>
/// <param name="Data">The weights as the file has them: (N, K), or (Matrices, N, K).</param>
/// <param name="Type">Their format.</param>
/// <param name="K">Elements that a product sums over.</param>
/// <param name="N">Columns of the product.</param>
/// <param name="Matrices">How many matrices lie one behind the other: one for each expert.</param>
internal sealed record WeightMatrix(TensorData Data, DType Type, long K, long N, int Matrices = 1);
