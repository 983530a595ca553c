using System.Diagnostics;
using Ashlar.Engine.Sampling;
using Ashlar.Engine.Stepping;
using Ashlar.Models;

namespace Ashlar.Engine.Speculation;

/// <summary>
/// A smaller model that guesses how sequences go on (Leviathan et al. 2023): its likeliest tokens, one after the other, for all
/// sequences at once. It keeps keys and values of its own, a stretch of its cache for each row. For the engine's thread alone.
/// </summary>
internal sealed class DraftModel : IDisposable
{
    /// <summary>Tokens of a sequence that are caught up with in one step; until all are, nothing is guessed.</summary>
    private const int MostCaughtUp = 512;

    private const double Weight = 0.2; // of a new measurement

    private readonly PagedPass _pass;
    private readonly int[][] _seen; // by row: the tokens whose keys and values are in the cache
    private readonly int[] _seenCount;
    private readonly List<Sequence> _guessing = [];
    private double _secondsOfRound; // to guess one token more for all

    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="rows">Sequences that may run at once.</param>
    /// <param name="size">The sizes of the engine.</param>
    /// <param name="options">Checked options.</param>
    public DraftModel(LanguageModel model, int rows, EngineSize size, EngineOptions options)
    {
        var blocks = checked(rows * size.BlocksOfSequence);
        _pass = new(model, blocks, rows, size.BlocksOfSequence, options.CacheType, options.Threads ?? 0);
        for (var row = 0; row < rows; row++)
        {
            var table = _pass.Row(row).Span;
            for (var i = 0; i < table.Length; i++) table[i] = row * size.BlocksOfSequence + i;
        }

        _seen = new int[rows][];
        _seenCount = new int[rows];
    }

    /// <summary>What its guesses were worth lately.</summary>
    public DraftLength Worth { get; } = new();

    /// <summary>Guesses for the sequences of a step that wait for their next token, if it is worth it.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="most">How many tokens to guess for each at most.</param>
    /// <param name="costs">What steps cost.</param>
    /// <param name="rows">Tokens that the step computes without them.</param>
    public void Guess(List<Sequence> sequences, int most, StepCosts costs, int rows)
    {
        _guessing.Clear();
        foreach (var sequence in sequences)
        {
            if (sequence.MostGuesses(most) > 0) _guessing.Add(sequence);
        }

        most = Worth.Choose(_guessing.Count == 0 ? 0 : most, costs, rows, _guessing.Count, _secondsOfRound);
        if (most == 0) return;
        for (var round = 0; _guessing.Count > 0; round++)
        {
            var began = Stopwatch.GetTimestamp();
            Round(round);
            if (round > 0) Learn(Stopwatch.GetElapsedTime(began).TotalSeconds);
            for (var i = _guessing.Count - 1; i >= 0; i--)
            {
                if (_guessing[i].Guesses.Length >= _guessing[i].MostGuesses(most)) _guessing.RemoveAt(i);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();

    // What the sequences have, and what is guessed by now, is computed; each gets its likeliest next token.
    private void Round(int round)
    {
        var tokens = 0;
        if (round == 0)
        {
            foreach (var sequence in _guessing) Forget(sequence);
        }

        foreach (var sequence in _guessing) tokens += Count(sequence);
        var inputs = _pass.Inputs;
        inputs.Resize(tokens, _guessing.Count);
        var token = 0;
        for (var i = 0; i < _guessing.Count; i++)
        {
            var sequence = _guessing[i];
            var row = sequence.Row;
            for (var left = Count(sequence); left > 0; left--, token++)
            {
                var position = _seenCount[row];
                inputs.Tokens[token] = _seen[row][position] = sequence.TokenAt(position);
                inputs.Positions[token] = position;
                inputs.Sequences[token] = row;
                inputs.Slots[token] = _pass.Slot(row, position);
                _seenCount[row]++;
            }

            inputs.Outputs[i] = token - 1;
        }

        var logits = _pass.Run().AsSpan<float>();
        for (var i = _guessing.Count - 1; i >= 0; i--)
        {
            var sequence = _guessing[i];
            if (_seenCount[sequence.Row] < sequence.Tokens.Length) _guessing.RemoveAt(i); // there is more to catch up with
            else sequence.AddGuess(Greedy.Pick(logits.Slice(i * _pass.Vocabulary, _pass.Vocabulary)));
        }
    }

    private int Count(Sequence sequence) =>
        Math.Min(sequence.Tokens.Length + sequence.Guesses.Length - _seenCount[sequence.Row], MostCaughtUp);

    // What was guessed wrongly, or belonged to another sequence of the row, was not seen. The last token is looked at again.
    private void Forget(Sequence sequence)
    {
        var row = sequence.Row;
        var seen = _seen[row] ??= new int[_pass.BlocksOfRow * Cache.BlockCache.BlockSize];
        var common = seen.AsSpan(0, _seenCount[row]).CommonPrefixLength(sequence.Tokens);
        _seenCount[row] = Math.Min(common, sequence.Tokens.Length - 1);
    }

    private void Learn(double seconds) =>
        _secondsOfRound = _secondsOfRound == 0 ? seconds : _secondsOfRound + Weight * (seconds - _secondsOfRound);
}
