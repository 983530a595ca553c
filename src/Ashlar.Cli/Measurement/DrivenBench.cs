using System.Diagnostics;
using System.Globalization;
using Ashlar.Models;

namespace Ashlar.Cli.Measurement;

/// <summary>
/// Measures what lines ask for, one line after another, so that another program can alternate between this process and others
/// without loading a model anew each time. The lines: <c>prefill TOKENS</c>, a prompt of one sequence;
/// <c>decode TOKENS PROMPT</c>, tokens of one sequence behind a prompt; <c>batch SEQUENCES TOKENS PROMPT</c>, tokens of each of
/// several sequences together, behind prompts of their own. A prompt that was computed is not computed again for what is behind
/// it. Nothing is run but what is asked for: whoever asks warms up.
/// </summary>
internal sealed class DrivenBench(LanguageModel model, int threads) : IDisposable
{
    private readonly Dictionary<int, (BenchSequences All, int Computed)> _sequences = []; // by how many there are

    /// <summary>Does what a line asks for.</summary>
    /// <exception cref="UsageException">The line asks for nothing that is known.</exception>
    public DrivenResult Measure(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] numbers = [.. words.Skip(1).Select(word => Parse(word, line))];
        switch (words, numbers)
        {
            case (["prefill", ..], [var tokens]):
                return Prefill(tokens);
            case (["decode", ..], [var tokens, var behind]):
                return Decode(1, tokens, behind);
            case (["batch", ..], [var sequences, var tokens, var behind]):
                return Decode(sequences, tokens, behind);
            default:
                throw Unknown(line);
        }
    }

    public void Dispose()
    {
        foreach (var (all, _) in _sequences.Values) all.Dispose();
    }

    private DrivenResult Prefill(int tokens)
    {
        var (one, _) = Sequences(1, tokens);
        var result = Time(tokens, () => one.Prefill(0, tokens));
        _sequences[1] = (one, tokens);
        return result;
    }

    private DrivenResult Decode(int count, int tokens, int prompt)
    {
        var (all, computed) = Sequences(count, prompt + tokens);
        for (var sequence = 0; sequence < count && computed < prompt; sequence++) all.Prefill(sequence, prompt);
        _sequences[count] = (all, Math.Max(computed, prompt));
        return Time(count * tokens, () => all.Decode(tokens, prompt, "decode"));
    }

    // Made anew only for longer ones: it takes long, and the first of a kind may ask for the longest.
    private (BenchSequences All, int Computed) Sequences(int count, int length)
    {
        if (_sequences.TryGetValue(count, out var existing) && existing.All.ContextLength >= length) return existing;
        existing.All?.Dispose();
        return _sequences[count] = (new BenchSequences(model, length, threads, count), 0);
    }

    private static DrivenResult Time(int tokens, Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return new DrivenResult(tokens, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static int Parse(string word, string line) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1 << 20
            ? number
            : throw Unknown(line);

    private static UsageException Unknown(string line) =>
        new($"--drive cannot do '{line}'; it knows prefill TOKENS, decode TOKENS PROMPT, and batch SEQUENCES TOKENS PROMPT");
}

/// <summary>What one line's measurement found.</summary>
/// <param name="Tokens">Tokens that were computed, of all sequences together.</param>
/// <param name="Seconds">The seconds that they took.</param>
internal sealed record DrivenResult(int Tokens, double Seconds);
