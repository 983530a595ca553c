using System.Text.Json.Nodes;

namespace Ashlar.Training.Tokenizers;

/// <summary>A way to cut text that both file formats can name: GGUF by a family, <c>tokenizer.json</c> by its stages.</summary>
/// <param name="Family">The name in <c>tokenizer.ggml.pre</c>.</param>
/// <param name="Pattern">The regular expression; null for GPT-2's, which ByteLevel has by itself.</param>
/// <param name="SplitsDigits">Whether each digit is cut off before.</param>
internal sealed record PreTokenizerForm(string Family, string? Pattern = null, bool SplitsDigits = false)
{
    private const string Spaces = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Cl100k = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Spaces;

    private const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + Contractions + "?|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + Contractions + "?|"
        + @"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + Spaces;

    private static readonly PreTokenizerForm[] All =
    [
        new("gpt-2"),
        new("llama-bpe", Cl100k.Replace("DIGITS", @"\p{N}{1,3}", StringComparison.Ordinal)),
        new("qwen2", Cl100k.Replace("DIGITS", @"\p{N}", StringComparison.Ordinal)),
        new("gpt-4o", O200k),
        new("smollm", SplitsDigits: true),
    ];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(form => form.Family)];

    /// <summary>The form with a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PreTokenizerForm Of(string family) => Array.Find(All, form => form.Family == family)
        ?? throw new ArgumentException($"there is no pre-tokenizer '{family}'; give one of {string.Join(", ", Names)}");

    /// <summary>The <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
    public JsonObject ToJson()
    {
        var bytes = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = true,
            ["use_regex"] = Pattern is null,
        };
        JsonObject? first = SplitsDigits ? new() { ["type"] = "Digits", ["individual_digits"] = true }
            : Pattern is null ? null
            : new()
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { ["Regex"] = Pattern },
                ["behavior"] = "Isolated",
                ["invert"] = false,
            };
        return first is null ? bytes : new() { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(first, bytes) };
    }
}
