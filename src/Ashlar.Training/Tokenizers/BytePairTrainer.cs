namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Learns a byte-level byte-pair vocabulary (Sennrich, Haddow and Birch 2016, arXiv 1508.07909; over bytes as GPT-2 has it).
/// <para>
/// 1. Text is cut into pieces, and like pieces are counted once (<see cref="PieceCounter"/>), on all threads.
/// 2. Again and again the pair of neighbouring tokens that occurs most often becomes a token (<see cref="MergeLearner"/>). Of
///    pairs that occur equally often the one with the least left id is taken, then the one with the least right id. Pairs that
///    overlap count each: "aaa" has two of "aa".
/// </para>
/// The ids: 0 to 255 are the bytes, then come the merges' tokens in their order, then the special tokens.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>The names that <see cref="BytePairOptions.PreTokenizer"/> may have.</summary>
    public static IReadOnlyList<string> PreTokenizers => PreTokenizerForm.Names;

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="texts">
    /// UTF-8, each text by itself, read once and from one thread at a time; <see cref="TextFiles"/> reads files. Bytes that are
    /// no UTF-8 are taken as they are.
    /// </param>
    /// <param name="options">What the vocabulary shall be like.</param>
    /// <param name="progress">Is told now and then, from any thread.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static BytePairVocabulary Train(
        IEnumerable<ReadOnlyMemory<byte>> texts, BytePairOptions options, IProgress<BytePairProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var form = PreTokenizerForm.Of(options.PreTokenizer);
        var pieces = new PieceCounter(form.Family, options).Count(texts, progress, cancellation);
        var learner = new MergeLearner(pieces, options.LongestTokenBytes);
        var merges = learner.Learn(options.MostMerges, options.MinimumFrequency, progress, cancellation);
        return new BytePairVocabulary(merges, form, options);
    }
}
