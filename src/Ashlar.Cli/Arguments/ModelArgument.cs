using System.CommandLine;
using System.Globalization;
using Ashlar.Cli.Streams;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Models.Tokenizers;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Cli.Arguments;

/// <summary>MODEL: a path, or the name of a synthetic model.</summary>
internal static class ModelArgument
{
    private const string Meaning = "A GGUF file, a folder with safetensors and config.json, or synthetic:PRESET:TYPE";
    private const string BuiltIn = Meaning + "; without it, ashlar-tiny, which is built in";

    /// <summary>One model that must be named.</summary>
    public static Argument<string> Create() => new("MODEL") { Description = Meaning, HelpName = "MODEL" };

    /// <summary>A model, or the one that is built in.</summary>
    public static Argument<string?> CreateOptional() =>
        new("MODEL") { Description = BuiltIn, HelpName = "MODEL", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Any number of models, or the one that is built in.</summary>
    public static Argument<string[]> CreateMany() =>
        new("MODEL") { Description = BuiltIn, HelpName = "MODEL", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>
    /// Opens a model that is to run: says which of its weights will take more memory than its file, if any; where a person waits,
    /// its weights are read now, and how far that is is shown.
    /// </summary>
    public static LanguageModel OpenToRun(string model)
    {
        var opened = Open(model);
        try
        {
            SayWhatIsUnpacked(opened, model);
            if (StandardError.IsTerminal) opened.Preload(new Percentage(model));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        finally
        {
            StandardError.ClearStatus();
        }
    }

    /// <summary>Opens a model, saying so where a person waits.</summary>
    public static LanguageModel Open(string model)
    {
        StandardError.Status($"loading {model} …");
        try
        {
            return LanguageModel.Load(model);
        }
        catch (InvalidDataException error) when (!error.Message.Contains(model, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"model '{model}': {error.Message}", error);
        }
        finally
        {
            StandardError.ClearStatus();
        }
    }

    /// <summary>The tokenizer of a model that is to take or give text.</summary>
    /// <exception cref="InvalidDataException">It has none that can be read; the message says why.</exception>
    public static Tokenizer TokenizerOf(LanguageModel model) => model.Tokenizer ?? throw new InvalidDataException(
        $"model '{model.Name}' has no tokenizer and can take no text: {model.TokenizerProblem}; 'ashlar logits' takes token ids");

    private static void SayWhatIsUnpacked(LanguageModel opened, string model)
    {
        // Most models have no such weights, and need no graph made to find that out.
        if (!opened.Tensors.Values.Any(tensor => ComputeDevice.Unpacks(tensor.Type))) return;
        var graph = opened.BuildGraph(new Batch(blockSize: 16));
        if (graph.DescribeUnpacking() is { } line) StandardError.WriteLine($"ashlar: model '{model}': {line}");
    }

    private sealed class Percentage(string model) : IProgress<double>
    {
        public void Report(double value) =>
            StandardError.Status(string.Create(CultureInfo.InvariantCulture, $"loading {model} … {value:P0}"));
    }
}
