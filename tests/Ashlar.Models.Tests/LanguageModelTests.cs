using Ashlar.Models.Gguf;
using Ashlar.Models.Synthetic;
using Ashlar.Tensors;

namespace Ashlar.Models.Tests;

public class LanguageModelTests
{
    [Theory]
    [InlineData(300, 300, true)]
    [InlineData(320, 300, true)] // rows that pad the embedding are no tokens
    [InlineData(299, 300, true)] // the last token is control
    [InlineData(298, 300, false)]
    public void Text_must_not_become_ids_that_the_embedding_has_not(int rows, int tokens, bool isFine)
    {
        using var folder = new TemporaryFolder();
        using var model = LanguageModel.Load(Write(folder, rows, tokens));
        Assert.Equal(isFine, model.Tokenizer is not null);
        var problem = $"'{folder.File("model.gguf")}': the tokenizer has {tokens} tokens, where the model has {rows}";
        if (isFine) Assert.Null(model.TokenizerProblem);
        else Assert.Contains(problem, model.TokenizerProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_tokenizer_says_so_when_asked()
    {
        using var folder = new TemporaryFolder();
        using var model = LanguageModel.Load(Write(folder, 300, tokens: null));
        Assert.Equal("model", model.Name);
        Assert.Null(model.Tokenizer);
        Assert.Contains("tokenizer.ggml.model", model.TokenizerProblem, StringComparison.Ordinal);
        Assert.Null(model.ChatTemplate);
    }

    [Fact]
    public void A_path_where_nothing_is_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("'/no/such'", Message("/no/such"), StringComparison.Ordinal);
        Assert.Contains("no config.json", Message(folder.FullName), StringComparison.Ordinal);

        static string Message(string path) => Assert.Throws<FileNotFoundException>(() => LanguageModel.Load(path)).Message;
    }

    private static string Write(TemporaryFolder folder, int rows, int? tokens)
    {
        var metadata = new OrderedDictionary<string, GgufValue> { ["general.architecture"] = GgufValue.From("llama") };
        foreach (var key in (ReadOnlySpan<string>)[
            "context_length", "embedding_length", "block_count", "feed_forward_length", "attention.head_count"])
        {
            metadata[$"llama.{key}"] = GgufValue.From(key == "embedding_length" ? 32 : 1);
        }

        if (tokens is { } count) SyntheticVocabulary.Add(metadata, count);
        var writer = new GgufWriter();
        foreach (var (key, value) in metadata) writer.Add(key, value);
        writer.AddTensor("token_embd.weight", DType.Q8_0, [rows, 32], new byte[rows * 34]);
        writer.Write(folder.File("model.gguf"));
        return folder.File("model.gguf");
    }

    [Fact]
    public void Preloading_tells_how_far_it_is_and_can_be_cancelled()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f16");
        var told = new List<double>();
        model.Preload(new Recorder(told.Add), TestContext.Current.CancellationToken);
        Assert.InRange(told.Count, 50, 101);
        Assert.Equal(told.Order(), told);
        Assert.InRange(told[^1], 0.95, 1);

        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => model.Preload(new Recorder(_ => cancellation.Cancel()), cancellation.Token));
    }

    private sealed class Recorder(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
