using Ashlar.Models;
using Ashlar.Models.Adapters;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>Sequences through a model at once, each with an adapter of its own.</summary>
internal sealed class AdaptedPass : IDisposable
{
    private const int Rows = 6, Blocks = 4;

    private readonly PagedPass _pass;

    /// <param name="model">The model.</param>
    /// <param name="adapters">What tokens call 1, 2 and so on; null for a graph that takes no adapters.</param>
    /// <param name="set">The instruction set.</param>
    public AdaptedPass(LanguageModel model, LoraAdapter[]? adapters, string? set = null)
    {
        _pass = new(
            model, Rows * Blocks, Rows, Blocks, DType.F32, threads: 2, set,
            adapters is null ? null : new AdapterCapacity(adapters.Length + 1, Rank: 8));
        for (var i = 0; i < Rows * Blocks; i++) _pass.Row(i / Blocks).Span[i % Blocks] = i;
        for (var i = 0; i < adapters?.Length; i++) _pass.Adapters!.Write(i + 1, adapters[i]);
    }

    /// <summary>The logits of all tokens of all sequences, one behind the other.</summary>
    public float[] Run(params (int Row, int Adapter, int[] Tokens)[] sequences)
    {
        var count = sequences.Sum(sequence => sequence.Tokens.Length);
        var inputs = _pass.Inputs;
        inputs.Resize(count, count);
        var token = 0;
        foreach (var (row, adapter, tokens) in sequences)
        {
            for (var position = 0; position < tokens.Length; position++, token++)
            {
                inputs.Tokens[token] = tokens[position];
                inputs.Positions[token] = position;
                inputs.Sequences[token] = row;
                inputs.Slots[token] = _pass.Slot(row, position);
                inputs.Adapters[token] = adapter;
                inputs.Outputs[token] = token;
            }
        }

        return _pass.Run().AsSpan<float>().ToArray();
    }

    public void Dispose() => _pass.Dispose();
}
