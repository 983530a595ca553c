using System.Security.Cryptography;
using System.Text;
using Ashlar.Models.Architectures;
using Ashlar.Models.Gguf;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Tensors;

namespace Ashlar.Models;

/// <summary>
/// A model that was opened: its configuration, tensors, tokenizer and chat template. Its files stay mapped until it is disposed.
/// Safe for concurrent use.
/// </summary>
public sealed class LanguageModel : IDisposable
{
    private readonly ModelFiles _files;
    private readonly string _source;
    private readonly Lazy<(Tokenizer? Tokenizer, string? Problem)> _tokenizer;
    private readonly Lazy<ChatTemplate?> _chatTemplate;
    private readonly Lazy<IReadOnlyDictionary<string, AdaptedLayer>> _adaptableLayers;

    private LanguageModel(ModelFiles files, string source)
    {
        (_files, _source) = (files, source);
        _tokenizer = new(ReadTokenizer);
        _adaptableLayers = new(FindAdaptableLayers);
        _chatTemplate = new(() => Tokenizer?.ChatTemplate is { } template ? ChatTemplate.Parse(template) : null);
    }

    /// <summary>
    /// A name for people and APIs: the file's without its ending, the folder's, or <c>synthetic:PRESET:TYPE</c>.
    /// </summary>
    public string Name => _files.Name;

    /// <summary>What the model was opened from: <c>gguf</c>, <c>safetensors</c> or <c>synthetic</c>.</summary>
    public string Format => _files.Format;

    /// <summary>The numbers that shape the model.</summary>
    public ModelConfiguration Configuration => _files.Configuration;

    /// <summary>The tensors by GGUF's names, in the order of the files. Valid until the model is disposed.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors => _files.Tensors;

    /// <summary>The metadata of a GGUF file or synthetic model; null for safetensors.</summary>
    public GgufMetadata? Metadata => _files.Metadata;

    /// <summary>
    /// The tokenizer, read when first asked for; null where there is none that can be read, and <see cref="TokenizerProblem"/>
    /// says why.
    /// </summary>
    public Tokenizer? Tokenizer => _tokenizer.Value.Tokenizer;

    /// <summary>Why there is no tokenizer; null where there is one.</summary>
    public string? TokenizerProblem => _tokenizer.Value.Problem;

    /// <summary>The chat template that came with the tokenizer, parsed when first asked for; null where there is none.</summary>
    /// <exception cref="TemplateException">The template is not valid; the message gives line and column.</exception>
    public ChatTemplate? ChatTemplate => _chatTemplate.Value;

    /// <summary>The linear layers that adapters may change, by GGUF's names; found when first asked for.</summary>
    /// <exception cref="InvalidDataException">As <see cref="BuildGraph"/>.</exception>
    internal IReadOnlyDictionary<string, AdaptedLayer> AdaptableLayers => _adaptableLayers.Value;

    /// <summary>
    /// How the model's authors pool hidden states to one vector, by GGUF's <c>pooling_type</c> or the <c>1_Pooling</c> of
    /// sentence-transformers; null where the files do not say.
    /// </summary>
    /// <exception cref="InvalidDataException">The files say what means nothing.</exception>
    /// <exception cref="NotSupportedException">The files ask for a pooling that is not supported; the message names it.</exception>
    public Pooling? Pooling => _files.ReadPooling();

    /// <summary>Opens a model.</summary>
    /// <param name="model">The path of a GGUF file (any part of a split one), or of a folder with <c>config.json</c> and
    /// safetensors; or <c>synthetic:PRESET:TYPE</c>, a random model of a published shape made in memory, for measuring.</param>
    /// <exception cref="FileNotFoundException">Nothing lies at the path.</exception>
    /// <exception cref="InvalidDataException">A file breaks its format; the message names place and mend.</exception>
    /// <exception cref="NotSupportedException">The architecture, or a variant of it, is not supported; the message names
    /// it.</exception>
    /// <exception cref="ArgumentException">No synthetic model is called so.</exception>
    public static LanguageModel Load(string model) => new(ModelFiles.Open(model), model);

    /// <summary>The graph that computes a batch.</summary>
    /// <param name="batch">Its inputs.</param>
    /// <param name="withHiddenStates">
    /// Whether there is a second output, the hidden states that <see cref="Batch.Hidden"/> asks for.
    /// </param>
    /// <returns>
    /// A graph whose first output is logits, (outputs, vocabulary) F32, and whose second is what they are made of, the rows behind
    /// the last norm: (hidden, width) F32.
    /// </returns>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen, or not used by the architecture; the message names
    /// it.</exception>
    public Graph BuildGraph(Batch batch, bool withHiddenStates = false)
    {
        var weights = new ModelWeights(_source, _files.Tensors, batch);
        var (rows, norm) = Architecture.Of(_source, Configuration.Architecture)(Configuration, weights, batch);
        var logits = norm(rows.Gather(batch.Outputs)).Logits(weights, Configuration);
        weights.RequireAllTaken(Configuration.Architecture);
        if (!withHiddenStates) return new Graph(logits.Node);
        return new Graph(logits.Node, norm(rows.Gather(batch.Hidden)).Named("hidden").Node);
    }

    /// <summary>
    /// What tells the model apart from others: a hash of its configuration, of the tensors' names, types and sizes, and of the
    /// beginning and the end of each; so that it takes milliseconds. 64 digits of base 16.
    /// </summary>
    public unsafe string Fingerprint()
    {
        const int Sample = 4096;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Configuration}"));
        foreach (var (name, data) in Tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name} {data} "));
            var sample = (int)Math.Min(Sample, data.Bytes);
            hash.AppendData(new ReadOnlySpan<byte>(data.Pointer, sample));
            hash.AppendData(new ReadOnlySpan<byte>(data.Pointer + data.Bytes - sample, sample));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads every weight once from where it is mapped, so that the first token does not wait for the disk.</summary>
    /// <param name="progress">Told the share that is read, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the reading; what was read stays in memory as long as the system keeps it.</param>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public unsafe void Preload(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        const int Page = 4096; // no system has smaller ones
        var total = Tensors.Values.Sum(data => data.Bytes);
        var step = total / 100;
        long done = 0, told = 0;
        foreach (var data in Tensors.Values)
        {
            for (long offset = 0; offset < data.Bytes; offset += Page)
            {
                Volatile.Read(ref data.Pointer[offset]);
                if (done + offset - told <= step) continue;
                cancellationToken.ThrowIfCancellationRequested();
                told = done + offset;
                progress?.Report((double)told / total);
            }

            done += data.Bytes;
        }
    }

    /// <summary>Writes the model as a GGUF file, in place of one that is there.</summary>
    /// <exception cref="NotSupportedException">The model was opened from safetensors, and has no GGUF metadata.</exception>
    /// <exception cref="IOException">The file could not be written; one that was there is unchanged.</exception>
    public void WriteGguf(string path)
    {
        var writer = new GgufWriter();
        writer.Add(Metadata ?? throw new NotSupportedException(
            $"model '{_source}' has no GGUF metadata; only GGUF and synthetic models can be written"));
        foreach (var (name, data) in Tensors) writer.AddTensor(name, data.Type, data.Sizes, stream => Write(data, stream));
        writer.Write(path);
    }

    /// <summary>Unmaps the model's files. Graphs that were built from it must no longer run.</summary>
    public void Dispose() => _files.Owner?.Dispose();

    // Those that a graph with adapters asks for.
    private Dictionary<string, AdaptedLayer> FindAdaptableLayers()
    {
        var batch = new Batch(blockSize: 16, adapters: new(Choices: 2, Rank: 8));
        BuildGraph(batch);
        return batch.AdaptedLayers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
    }

    private static unsafe void Write(TensorData data, Stream stream)
    {
        const int Piece = 1 << 24;
        for (long offset = 0; offset < data.Bytes; offset += Piece)
        {
            stream.Write(new ReadOnlySpan<byte>(data.Pointer + offset, (int)Math.Min(Piece, data.Bytes - offset)));
        }
    }

    private (Tokenizer?, string?) ReadTokenizer()
    {
        try
        {
            var tokenizer = _files.ReadTokenizer();
            return OutsideEmbedding(tokenizer) is { } problem ? (null, problem) : (tokenizer, null);
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException or NotSupportedException)
        {
            return (null, error.Message);
        }
    }

    // Text must not become ids that have no row in the embedding. A control token may lie beyond: Gemma's mark of an image does
    // in the models that do not see.
    private string? OutsideEmbedding(Tokenizer tokenizer)
    {
        for (var id = Configuration.VocabularySize; id < tokenizer.VocabularySize; id++)
        {
            if (!tokenizer.IsSpecial(id))
            {
                return $"model '{_source}': the tokenizer has {tokenizer.VocabularySize} tokens, where the model has "
                    + $"{Configuration.VocabularySize}; get tokenizer and model from one place";
            }
        }

        return null;
    }
}
