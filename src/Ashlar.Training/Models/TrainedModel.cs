using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Training.Models;

/// <summary>A model that is to be trained: its numbers, the weights it begins with, and what its file will say of it.</summary>
public sealed class TrainedModel
{
    private TrainedModel(string name, ModelConfiguration configuration, OrderedDictionary<string, GgufValue>? metadata,
        OrderedDictionary<string, TensorData> weights, Tokenizer tokenizer, string? chatTemplate) =>
        (Name, Configuration, Metadata, Weights, Tokenizer, ChatTemplate) =
            (name, configuration, metadata, weights, tokenizer, chatTemplate is null ? null : ChatTemplate.Parse(chatTemplate));

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>The numbers that shape it.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>The metadata of its file; null where it came from files that have none.</summary>
    public OrderedDictionary<string, GgufValue>? Metadata { get; }

    /// <summary>The weights that training begins with, F32, by GGUF's names.</summary>
    public OrderedDictionary<string, TensorData> Weights { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The chat template; null for none.</summary>
    public ChatTemplate? ChatTemplate { get; }

    /// <summary>A new model with random weights.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its numbers; the vocabulary at least as large as the tokenizer's.</param>
    /// <param name="tokenizer">The metadata of a GGUF file whose tokenizer it takes.</param>
    /// <param name="chatTemplate">Its chat template; null for the tokenizer's own, if any.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="InvalidDataException">A number is out of range, or the tokenizer cannot be read.</exception>
    /// <exception cref="TemplateException">The chat template is not valid.</exception>
    public static TrainedModel Create(
        string name, ModelShape shape, GgufMetadata tokenizer, string? chatTemplate, ulong seed)
    {
        var read = Tokenizer.FromGguf(tokenizer);
        if (read.VocabularySize > shape.VocabularySize)
        {
            throw new InvalidDataException($"the tokenizer has {read.VocabularySize} tokens, more than the vocabulary of "
                + $"{shape.VocabularySize}; leave the vocabulary out, or make it larger");
        }

        var weights = new OrderedDictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var (tensor, sizes) in shape.Tensors())
        {
            var data = TensorData.Zeros(DType.F32, sizes);
            NewWeights.Fill(tensor, data, shape.Layers, seed);
            weights.Add(tensor, data);
        }

        return new TrainedModel(name, shape.Configure(), TrainedModelFile.Describe(name, shape, tokenizer, chatTemplate), weights,
            read, chatTemplate ?? read.ChatTemplate);
    }

    /// <summary>A model that exists: a copy of its weights, dequantized.</summary>
    /// <exception cref="InvalidDataException">It has no tokenizer that can be read.</exception>
    public static TrainedModel From(LanguageModel model, string? chatTemplate = null)
    {
        var tokenizer = model.Tokenizer ?? throw new InvalidDataException(
            $"model '{model.Name}' has no tokenizer to read data with: {model.TokenizerProblem}");
        var weights = new OrderedDictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var (name, data) in model.Tensors) weights.Add(name, Unpack(data));
        var metadata = model.Metadata is null ? null : TrainedModelFile.Describe(model.Metadata);
        if (chatTemplate is not null) metadata?["tokenizer.chat_template"] = GgufValue.From(chatTemplate);
        return new TrainedModel(
            model.Name, model.Configuration, metadata, weights, tokenizer, chatTemplate ?? tokenizer.ChatTemplate);
    }

    private static unsafe TensorData Unpack(TensorData data)
    {
        const long Piece = 1 << 24;
        var unpacked = TensorData.Zeros(DType.F32, data.Sizes);
        var row = data.Sizes.Length == 0 ? 1 : data.Sizes[^1];
        var step = Math.Max(1, Piece / row) * row;
        for (var done = 0L; done < data.Elements; done += step)
        {
            var count = (int)Math.Min(step, data.Elements - done);
            NumberFormats.Dequantize(data.Type,
                new ReadOnlySpan<byte>(data.Pointer + data.Type.ByteLength(done), checked((int)data.Type.ByteLength(count))),
                new Span<float>((float*)unpacked.Pointer + done, count));
        }

        GC.KeepAlive(data);
        return unpacked;
    }
}
