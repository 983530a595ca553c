using Ashlar.Cli.Arguments;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Tensors;

namespace Ashlar.Cli.Inspection;

/// <summary>Finds out what a model is, whether or not this version computes it.</summary>
internal static class Inspector
{
    /// <summary>Describes a model.</summary>
    /// <param name="path">A path, or the name of a synthetic model.</param>
    /// <param name="withTensors">Whether to list the tensors.</param>
    public static ModelReport Describe(string path, bool withTensors)
    {
        string? problem = null;
        LanguageModel? model = null;
        try
        {
            model = ModelArgument.Open(path);
            model.BuildGraph(new Batch(blockSize: 16));
        }
        catch (Exception error) when (
            error is InvalidDataException or NotSupportedException && (model is not null || File.Exists(path)))
        {
            problem = error.Message;
        }

        using (model)
        {
            return File.Exists(path)
                ? DescribeFile(path, model, problem, withTensors)
                : Describe(path, model!, problem, withTensors);
        }
    }

    // A file of an architecture that is not computed, or of a vocabulary alone, is described all the same.
    private static ModelReport DescribeFile(string path, LanguageModel? model, string? problem, bool withTensors)
    {
        using var file = GgufFile.Open(path);
        var format = $"GGUF version {file.Version}{(file.IsBigEndian ? ", big-endian" : "")}" +
            $"{(file.Paths.Count > 1 ? $", in {file.Paths.Count} parts" : "")}";
        var tensors = file.Tensors.Values.Select(tensor =>
            new TensorReport(tensor.Name, tensor.Type.ToString(), tensor.Shape, tensor.ElementCount, tensor.ByteLength));
        return Report(
            Path.GetFileNameWithoutExtension(path), format, file.Metadata, [.. tensors], model?.Configuration, problem, path,
            withTensors);
    }

    private static ModelReport Describe(string path, LanguageModel model, string? problem, bool withTensors)
    {
        var tensors = model.Tensors.Select(pair => DescribeTensor(pair.Key, pair.Value));
        return Report(model.Name, model.Format, model.Metadata, [.. tensors], model.Configuration, problem, path, withTensors);
    }

    private static ModelReport Report(
        string name,
        string format,
        GgufMetadata? metadata,
        TensorReport[] tensors,
        ModelConfiguration? configuration,
        string? problem,
        string path,
        bool withTensors)
    {
        var types = tensors.GroupBy(tensor => tensor.Type)
            .Select(group => new TypeReport(
                group.Key, group.Count(), group.Sum(tensor => tensor.Elements), group.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(type => type.Bytes);
        var (tokenizer, tokenizerProblem) = ReadTokenizer(path);
        return new ModelReport(
            name, format, configuration?.Architecture ?? metadata?.GetString("general.architecture", null),
            tensors.Sum(tensor => tensor.Elements), tensors.Sum(tensor => tensor.Bytes), [.. types],
            problem is null, problem, configuration, DescribeTokenizer(tokenizer, metadata), tokenizerProblem,
            tokenizer?.ChatTemplate is not null, metadata is null ? null : MetadataJson.Of(metadata),
            withTensors ? tensors : null);
    }

    private static TensorReport DescribeTensor(string name, TensorData data) =>
        new(name, data.Type.ToString(), data.Sizes.ToArray(), data.Elements, data.Bytes);

    private static (Tokenizer?, string?) ReadTokenizer(string path)
    {
        try
        {
            return (TokenizerSource.Read(path), null);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or FileNotFoundException)
        {
            return (null, error.Message);
        }
    }

    private static TokenizerReport? DescribeTokenizer(Tokenizer? tokenizer, GgufMetadata? metadata)
    {
        if (tokenizer is null) return null;
        return new TokenizerReport(
            metadata?.GetString("tokenizer.ggml.model", null), tokenizer.VocabularySize, tokenizer.BosId, tokenizer.EosId,
            [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsEndOfGeneration)]);
    }
}
