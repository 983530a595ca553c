using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Ashlar.Models.Adapters;

/// <summary>
/// A low-rank adapter (Hu et al., 2021) of a model: what it adds to the model's linear layers, read into memory and checked against
/// the model that it is for.
/// </summary>
public sealed class LoraAdapter
{
    internal LoraAdapter(string source, SortedDictionary<string, LoraMatrices> layers)
    {
        (Source, Layers) = (source, layers);
        Rank = layers.Values.Max(matrices => matrices.Rank);
        Fingerprint = Hash(layers);
    }

    /// <summary>What it was read from.</summary>
    public string Source { get; }

    /// <summary>The largest rank of a layer.</summary>
    public int Rank { get; }

    /// <summary>What it adds to each layer that it changes, by GGUF's names; one at least.</summary>
    public IReadOnlyDictionary<string, LoraMatrices> Layers { get; }

    /// <summary>A hash of all that it adds: 64 digits of base 16.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads an adapter.</summary>
    /// <param name="path">A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, as PEFT writes it, or a
    /// GGUF file.</param>
    /// <param name="model">The model that it is for.</param>
    /// <exception cref="FileNotFoundException">Nothing lies at the path, or a file of the folder is missing.</exception>
    /// <exception cref="InvalidDataException">A file breaks its format, or does not fit the model; the message names the
    /// place.</exception>
    /// <exception cref="NotSupportedException">The adapter is of a kind that is not computed; the message names it.</exception>
    public static LoraAdapter Load(string path, LanguageModel model)
    {
        if (Directory.Exists(path)) return PeftAdapter.Read(path, model);
        if (File.Exists(path)) return GgufAdapter.Read(path, model);
        throw new FileNotFoundException(
            $"adapter '{path}' is neither a file nor a folder; "
            + "give the path of a GGUF file or of a folder with adapter_config.json and adapter_model.safetensors", path);
    }

    private static string Hash(SortedDictionary<string, LoraMatrices> layers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, matrices) in layers)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name} {matrices.Rank} {matrices.Down.Length} {matrices.Up.Length} "));
            hash.AppendData(MemoryMarshal.AsBytes(matrices.Down.Span));
            hash.AppendData(MemoryMarshal.AsBytes(matrices.Up.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
