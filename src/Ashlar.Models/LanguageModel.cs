using Ashlar.Models.Architectures;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models;

/// <summary>A model that was opened: its configuration, weights, tokenizer and chat template. Its files stay mapped until it is disposed.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly IDisposable _files;
    private readonly ModelWeights _weights;

    private LanguageModel(string name, IDisposable files, ModelConfiguration configuration, ModelWeights weights)
    {
        (Name, _files, Configuration, _weights) = (name, files, configuration, weights);
    }

    /// <summary>A name for people and APIs: the file's or folder's, without its ending.</summary>
    public string Name { get; }

    /// <summary>The numbers that shape the model.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Opens a GGUF file.</summary>
    /// <exception cref="FileNotFoundException">Nothing lies at the path.</exception>
    /// <exception cref="InvalidDataException">A file breaks its format, or a tensor is missing or misshapen; the message names it.</exception>
    /// <exception cref="NotSupportedException">The architecture, or a variant of it, is not supported; the message names it.</exception>
    public static LanguageModel Load(string path)
    {
        var file = GgufFile.Open(path);
        try
        {
            var weights = new ModelWeights(path, file.Tensors.Values.ToDictionary(tensor => tensor.Name, Wrap));
            var model = new LanguageModel(Path.GetFileNameWithoutExtension(path), file, GgufConfiguration.Read(file), weights);
            return model;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        unsafe TensorData Wrap(GgufTensor tensor) => TensorData.Wrap(tensor.Pointer, file, tensor.Type, [.. tensor.Shape]);
    }

    /// <summary>The graph that computes logits (outputs, vocabulary) F32 for a batch.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen, or not used by the architecture; the message names it.</exception>
    /// <exception cref="NotSupportedException">The architecture is not supported.</exception>
    public Graph BuildGraph(Batch batch)
    {
        var logits = Architecture.Named(Configuration.Architecture)(Configuration, _weights, batch);
        _weights.RequireAllTaken(Configuration.Architecture);
        return new Graph(logits.Node);
    }

    /// <summary>Unmaps the model's files. Graphs that were built from it must no longer run.</summary>
    public void Dispose() => _files.Dispose();
}
