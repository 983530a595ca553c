using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Data;

namespace Ashlar.Training;

/// <summary>The random numbers that say what is dropped in a batch: they follow from seed, step and place in the step.</summary>
internal sealed class DropoutKeys(int tokens, ulong seed)
{
    public TensorData Data { get; } = TensorData.Zeros(DType.F32, tokens, 3);

    public void Fill(long step, int micro)
    {
        var of = Hash.Of(Hash.Of(seed ^ 0xD0, (ulong)step), (ulong)micro);
        var keys = Data.AsSpan<float>();
        for (var i = 0; i < keys.Length; i++) keys[i] = Hash.Of(of, (ulong)i) % Dropout.Prime;
    }
}
