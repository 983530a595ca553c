using System.Buffers;
using Ashlar.Engine.Cache;
using Ashlar.Models;
using Ashlar.Tensors;

namespace Ashlar.Engine;

/// <summary>Runs a model over some sequences and keeps their keys and values. For one thread at a time.</summary>
public sealed class ForwardPass : IDisposable
{
    private const DType CacheType = DType.F16;

    private readonly PagedPass _pass;

    /// <summary>Makes a model ready to run.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="contextLength">The longest sequence, in tokens, 1 or more: the cache is made for it.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    /// <param name="sequences">How many sequences are kept, 1 or more.</param>
    /// <param name="instructionSet">What kernels are made of, as <see cref="Tensors.Runtime.Executable"/> takes it; null for the best.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of its range, or the sequences together have room for more than 2^31 - 1 tokens.
    /// </exception>
    /// <exception cref="NotSupportedException">The model's architecture is not supported.</exception>
    /// <exception cref="InvalidDataException">A tensor of the model is missing or misshapen.</exception>
    public ForwardPass(LanguageModel model, int contextLength, int threads, int sequences = 1, string? instructionSet = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequences);
        (ContextLength, Sequences) = (contextLength, sequences);
        var blocksOfOne = (contextLength - 1) / BlockCache.BlockSize + 1;
        var slots = (long)blocksOfOne * BlockCache.BlockSize * sequences;
        if (slots > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(contextLength), contextLength,
                $"{sequences} sequences of it need {slots} cache slots; there can be {int.MaxValue}");
        }

        _pass = new(model, blocksOfOne * sequences, sequences, blocksOfOne, CacheType, threads, instructionSet);

        // Each sequence has its blocks from the start, one behind the other.
        for (var block = 0; block < _pass.Blocks; block++) _pass.Row(block / blocksOfOne).Span[block % blocksOfOne] = block;
    }

    /// <summary>The longest sequence, in tokens.</summary>
    public int ContextLength { get; }

    /// <summary>How many sequences are kept, numbered from 0.</summary>
    public int Sequences { get; }

    /// <summary>The number of logits of a token.</summary>
    public int Vocabulary => _pass.Vocabulary;

    /// <summary>Computes tokens of sequence 0 at consecutive positions, caches them, and gives the logits of the last.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="position">
    /// The position of the first; all before it must have been computed. What was cached from here on is forgotten.
    /// </param>
    /// <param name="logits">Receives (vocabulary).</param>
    public void Run(ReadOnlySpan<int> tokens, int position, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        Span<int> last = [tokens.Length - 1];
        Run(tokens, position, last, logits);
    }

    /// <summary>
    /// As <see cref="Run(ReadOnlySpan{int}, int, Span{float})"/>, with the logits of every token: (tokens, vocabulary).
    /// </summary>
    public void RunAll(ReadOnlySpan<int> tokens, int position, Span<float> logits) =>
        Run(tokens, position, Consecutive(0, tokens.Length), logits);

    /// <summary>
    /// Computes a ragged batch: tokens of several sequences, those of one at consecutive positions in their order.
    /// </summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="positions">
    /// The position of each token in its sequence; all before it must have been computed, or stand before it here.
    /// </param>
    /// <param name="sequences">The sequence of each token.</param>
    /// <param name="outputs">Which of the tokens logits are wanted of.</param>
    /// <param name="logits">Receives (outputs, vocabulary).</param>
    public void Run(
        ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, ReadOnlySpan<int> outputs,
        Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(positions.Length, tokens.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sequences.Length, tokens.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, (long)outputs.Length * Vocabulary);
        var inputs = _pass.Inputs;
        inputs.Resize(tokens.Length, outputs.Length);
        var slots = inputs.Slots;
        for (var i = 0; i < tokens.Length; i++)
        {
            Check(tokens[i], Vocabulary, "token id");
            Check(positions[i], ContextLength, "position");
            Check(sequences[i], Sequences, "sequence");
            slots[i] = _pass.Slot(sequences[i], positions[i]);
        }

        tokens.CopyTo(inputs.Tokens);
        positions.CopyTo(inputs.Positions);
        sequences.CopyTo(inputs.Sequences);
        outputs.CopyTo(inputs.Outputs);
        _pass.Run().AsSpan<float>().CopyTo(logits);
    }

    // Sequence 0 from a position on.
    private void Run(ReadOnlySpan<int> tokens, int position, ReadOnlySpan<int> outputs, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        var places = ArrayPool<int>.Shared.Rent(2 * tokens.Length);
        try
        {
            var positions = places.AsSpan(0, tokens.Length);
            var sequences = places.AsSpan(tokens.Length, tokens.Length);
            for (var i = 0; i < positions.Length; i++) positions[i] = position + i;
            sequences.Clear();
            Run(tokens, positions, sequences, outputs, logits);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();

    private static void Check(int value, int limit, string what)
    {
        if ((uint)value >= (uint)limit) throw new ArgumentOutOfRangeException(what, value, $"must be from 0 to {limit - 1}");
    }

    private static int[] Consecutive(int first, int count) => [.. Enumerable.Range(first, count)];
}
