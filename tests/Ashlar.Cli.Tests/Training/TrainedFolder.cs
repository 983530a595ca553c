using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests.Training;

/// <summary>A folder with a tokenizer, a text and a recipe that takes a second.</summary>
internal sealed class TrainedFolder : IDisposable
{
    private const string Yaml = """
        name: tiny
        seed: 3
        model: {width: 32, layers: 2, heads: 4, key_heads: 2, context: 64}
        tokenizer: tokenizer.gguf
        data:
          - {files: text.txt, held_out: 0.2, separator: "\n\n"}
        batch: {rows: 2, length: 32, accumulation: 2}
        steps: 60
        dropout: 0.1
        average: 0.9
        optimizer: {rate: 3e-3}
        evaluate: {tokens: 128}
        checkpoint: {every: 2}
        """;

    private readonly TemporaryFolder _folder = new();

    private TrainedFolder()
    {
        _folder.Write("text.txt", string.Concat(Enumerable.Range(0, 2000).Select(n => $"{n} stones lie on {n + 1} stones.\n\n")));
        Recipe = _folder.Write("tiny.yaml", Yaml);
    }

    public string Recipe { get; }

    public string Tokenizer => File("tokenizer.gguf");

    /// <summary>Makes the files; the tokenizer by the command itself.</summary>
    public static async Task<TrainedFolder> Create()
    {
        var folder = new TrainedFolder();
        var made = await AshlarProcess.Run("tokenizer", "train", folder.File("text.txt"), "--vocab-size", "300", "-o",
            folder.Tokenizer, "--special", "<|end|>", "--eos", "<|end|>");
        made.Succeeded();
        return folder;
    }

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    public void Dispose() => _folder.Dispose();
}
