using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>What an architecture ends in, before anybody has said which rows are wanted, and for what.</summary>
/// <param name="Rows">The residual stream behind the last layer: (tokens, width).</param>
/// <param name="Norm">The last norm, of any rows of it: (rows, width) to (rows, width).</param>
internal readonly record struct DecoderOutput(Tensor Rows, Func<Tensor, Tensor> Norm);
