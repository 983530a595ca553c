using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ashlar.Models;

namespace Ashlar.Server.Catalog;

/// <summary>What is told of a model beside its name.</summary>
internal sealed class ModelDescription
{
    public ModelDescription(LanguageModel model)
    {
        Format = model.Format;
        Architecture = model.Configuration.Architecture;
        Bytes = model.Tensors.Values.Sum(static tensor => tensor.Bytes);
        Parameters = model.Tensors.Values.Sum(static tensor => tensor.Elements);
        Type = model.Tensors.Values.GroupBy(static tensor => tensor.Type)
            .MaxBy(static type => type.Sum(static tensor => tensor.Bytes))!
            .Key.ToString().ToUpperInvariant();

        // Names, types and shapes: reading every weight would take as long as a prompt.
        var shape = string.Join('\n', model.Tensors.Select(static pair =>
            $"{pair.Key} {pair.Value.Type} {string.Join(',', pair.Value.Sizes.ToArray())}"));
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Name}\n{shape}")));
    }

    /// <summary>What its files are, as <c>gguf</c>.</summary>
    public string Format { get; }

    public string Architecture { get; }

    /// <summary>Bytes of all weights.</summary>
    public long Bytes { get; }

    /// <summary>Elements of all weights.</summary>
    public long Parameters { get; }

    /// <summary>Their element type, that of most bytes: <c>Q4_0</c>.</summary>
    public string Type { get; }

    /// <summary>A SHA-256 of the model's name and of its tensors' names, types and shapes; not of its weights.</summary>
    public string Digest { get; }

    /// <summary>The parameters as people say it: <c>1.2B</c>.</summary>
    public string Size => Parameters switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Parameters / 1e9:0.#}B"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Parameters / 1e6:0.##}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Parameters / 1e3:0.##}K"),
    };
}
