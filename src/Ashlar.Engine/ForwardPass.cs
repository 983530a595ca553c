using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine;

/// <summary>Runs a model over one sequence and keeps the sequence's keys and values. Used by one thread at a time.</summary>
internal sealed class ForwardPass : IDisposable
{
    private const int BlockSize = 16;

    private readonly Executable _executable;
    private readonly TensorData _blockTable;

    /// <summary>Makes the model ready to run.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="contextLength">The longest sequence, in tokens: the cache is made for it.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    public ForwardPass(LanguageModel model, int contextLength, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        ContextLength = contextLength;
        Vocabulary = model.Configuration.VocabularySize;
        _executable = new Executable(model.BuildGraph(new Batch(BlockSize)), threads);

        var blocks = (contextLength + BlockSize - 1) / BlockSize;
        var configuration = model.Configuration;
        for (var layer = 0; layer < configuration.Layers; layer++)
        {
            _executable.Bind(Batch.KeyCache(layer), TensorData.Zeros(DType.F32, blocks * BlockSize, configuration.KeyHeads, configuration.HeadSize));
            _executable.Bind(Batch.ValueCache(layer), TensorData.Zeros(DType.F32, blocks * BlockSize, configuration.KeyHeads, configuration.ValueSize));
        }

        // One sequence: its blocks lie in the cache one behind the other.
        _blockTable = TensorData.From<int>([.. Enumerable.Range(0, blocks)], 1, blocks);
        _executable.Bind("block_table", _blockTable);
    }

    /// <summary>The longest sequence, in tokens.</summary>
    public int ContextLength { get; }

    /// <summary>The number of logits of a token.</summary>
    public int Vocabulary { get; }

    /// <summary>Computes tokens at consecutive positions, caches them, and gives the logits of the last.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="position">The position of the first; all before it must have been computed.</param>
    /// <param name="logits">Receives (vocabulary).</param>
    public void Run(ReadOnlySpan<int> tokens, int position, Span<float> logits) => Run(tokens, position, [tokens.Length - 1], logits);

    /// <summary>As <see cref="Run(ReadOnlySpan{int}, int, Span{float})"/>, with the logits of every token: (tokens, vocabulary).</summary>
    public void RunAll(ReadOnlySpan<int> tokens, int position, Span<float> logits) =>
        Run(tokens, position, [.. Enumerable.Range(0, tokens.Length)], logits);

    /// <inheritdoc/>
    public void Dispose() => _executable.Dispose();

    private void Run(ReadOnlySpan<int> tokens, int position, ReadOnlySpan<int> outputs, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position + (long)tokens.Length, ContextLength);
        var positions = TensorData.From<int>([.. Enumerable.Range(position, tokens.Length)], tokens.Length);
        _executable.Bind("tokens", TensorData.From(tokens, tokens.Length));
        _executable.Bind("positions", positions);
        _executable.Bind("slots", positions);
        _executable.Bind("sequences", TensorData.Zeros(DType.I32, tokens.Length));
        _executable.Bind("outputs", TensorData.From(outputs, outputs.Length));
        _executable.Run();
        _executable.Output(0).AsSpan<float>().CopyTo(logits);
    }
}
