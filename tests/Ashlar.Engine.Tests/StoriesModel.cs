using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

/// <summary>
/// A real published model, small enough for tests, and an engine that runs it; one of each for a class of tests.
/// </summary>
public sealed class StoriesModel : IDisposable
{
    private readonly Lazy<InferenceEngine> _engine = new(() => InferenceEngine.Load(Path, new() { Threads = 1 }));

    /// <summary>The model's greedy continuation of nothing: 200 tokens.</summary>
    public static string Expected => File.ReadAllText(Conformance.Path("stories260k", "expected.txt"));

    public static string Path => Conformance.Path("stories260k", "stories260K.gguf");

    public InferenceEngine Engine => _engine.Value;

    public LanguageModel Model => Engine.Model;

    /// <summary>The tokens of a text with BOS before it.</summary>
    public int[] Encode(string text) => Model.Tokenizer!.Encode(text, addSpecial: true);

    public void Dispose()
    {
        if (_engine.IsValueCreated) _engine.Value.Dispose();
    }
}

/// <summary>A generation as a whole.</summary>
internal sealed record Outcome(int[] Tokens, string Text, FinishReason Reason, GenerationUsage Usage, int Updates)
{
    /// <summary>Folds the stream.</summary>
    public static async Task<Outcome> Of(InferenceEngine engine, GenerationRequest request)
    {
        var updates = await engine.GenerateAsync(request, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
        return new(
            [.. updates.SelectMany(update => update.Tokens.ToArray())],
            string.Concat(updates.Select(update => update.Text)),
            updates[^1].FinishReason!.Value,
            updates[^1].Usage!.Value,
            updates.Count);
    }
}
