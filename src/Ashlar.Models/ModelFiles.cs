using Ashlar.Models.Embeddings;
using Ashlar.Models.Gguf;
using Ashlar.Models.HuggingFace;
using Ashlar.Models.Safetensors;
using Ashlar.Models.Storage;
using Ashlar.Models.Synthetic;
using Ashlar.Models.Tokenizers;
using Ashlar.Tensors;

namespace Ashlar.Models;

/// <summary>What a model consists of, whichever files it came from.</summary>
/// <param name="Name">A name for people and APIs.</param>
/// <param name="Format">What the files are: <c>gguf</c>, <c>safetensors</c> or <c>synthetic</c>.</param>
/// <param name="Configuration">The numbers that shape the model.</param>
/// <param name="Tensors">The tensors by GGUF's names, in the order of the files.</param>
/// <param name="Metadata">GGUF's metadata; null for safetensors.</param>
/// <param name="ReadTokenizer">Reads the tokenizer.</param>
/// <param name="Owner">What keeps the files mapped; null for a model in memory.</param>
/// <param name="ReadPooling">Reads what the files say of pooling.</param>
internal sealed record ModelFiles(
    string Name,
    string Format,
    ModelConfiguration Configuration,
    IReadOnlyDictionary<string, TensorData> Tensors,
    GgufMetadata? Metadata,
    Func<Tokenizer> ReadTokenizer,
    IDisposable? Owner,
    Func<Pooling?> ReadPooling)
{
    public static ModelFiles Open(string model)
    {
        if (model.StartsWith(SyntheticModel.Prefix, StringComparison.Ordinal)) return Make(model);
        if (Directory.Exists(model)) return OpenFolder(model);
        if (File.Exists(model)) return OpenGguf(model);
        throw new FileNotFoundException(
            $"model '{model}' is neither a file nor a folder; "
            + "give the path of a GGUF file or of a folder with config.json and safetensors", model);
    }

    private static ModelFiles OpenGguf(string path) => GgufFile.Open(path).HandTo(file =>
    {
        var tensors = new OrderedDictionary<string, TensorData>();
        foreach (var tensor in file.Tensors.Values) tensors.Add(tensor.Name, Wrap(file, tensor));
        return new ModelFiles(
            Path.GetFileNameWithoutExtension(path), "gguf", GgufConfiguration.Read(path, file.Metadata, tensors), tensors,
            file.Metadata,
            () => Tokenizer.FromGguf(file.Metadata), file,
            () => ModelPooling.Of(file.Metadata, file.Metadata.GetString("general.architecture")));
    });

    private static ModelFiles OpenFolder(string folder)
    {
        var config = Path.Combine(folder, "config.json");
        if (!File.Exists(config))
        {
            throw new FileNotFoundException(
                $"folder '{folder}' has no config.json; give a folder of a Hugging Face model, or a GGUF file", config);
        }

        var json = ConfigObject.Read(config);
        var configuration = HuggingFaceConfiguration.Read(json);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return SafetensorsFile.Open(folder).HandTo(file => new ModelFiles(
            name, "safetensors", configuration,
            HuggingFaceWeights.Read(folder, file, configuration, HuggingFaceConfiguration.IsTied(json)), Metadata: null,
            () => Tokenizer.FromHuggingFace(folder), file, () => ModelPooling.Of(folder)));
    }

    private static ModelFiles Make(string name)
    {
        var (metadata, tensors) = SyntheticModel.Make(name);
        return new ModelFiles(
            name, "synthetic", GgufConfiguration.Read(name, metadata, tensors), tensors, metadata,
            () => Tokenizer.FromGguf(metadata), Owner: null, () => null);
    }

    private static TensorData Wrap(GgufFile file, StoredTensor tensor) => tensor.Wrap(file);
}
