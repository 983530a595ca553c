using System.Text;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Tokenizers;

/// <summary>
/// A byte-level byte-pair vocabulary: 256 tokens of single bytes, those that merges made, and special ones. Immutable.
/// </summary>
public sealed class BytePairVocabulary
{
    private readonly byte[][] _tokens;
    private readonly PreTokenizerForm _form;
    private readonly BytePairOptions _options;

    internal BytePairVocabulary(IReadOnlyList<(int Left, int Right)> merges, PreTokenizerForm form, BytePairOptions options)
    {
        (Merges, _form, _options) = (merges, form, options);
        SpecialTokens = options.AllSpecialTokens;
        _tokens = new byte[256 + merges.Count + SpecialTokens.Count][];
        for (var i = 0; i < 256; i++) _tokens[i] = [(byte)i];
        for (var i = 0; i < merges.Count; i++) _tokens[256 + i] = [.. _tokens[merges[i].Left], .. _tokens[merges[i].Right]];
        for (var i = 0; i < SpecialTokens.Count; i++) _tokens[FirstSpecial + i] = Encoding.UTF8.GetBytes(SpecialTokens[i]);
    }

    /// <summary>How many tokens there are: at most as many as were asked for.</summary>
    public int Count => _tokens.Length;

    /// <summary>The merges in order of rank: which two ids the token with id 256 + rank is made of.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>The special tokens, which have the last ids.</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    internal PreTokenizerForm PreTokenizer => _form;

    internal BytePairOptions Options => _options;

    internal int FirstSpecial => 256 + Merges.Count;

    /// <summary>The bytes that a token stands for; of a special one, its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)Count, nameof(id));
        return _tokens[id];
    }

    /// <summary>The id of a special token, or null.</summary>
    public int? SpecialId(string? token)
    {
        for (var i = 0; i < SpecialTokens.Count; i++)
        {
            if (SpecialTokens[i] == token) return FirstSpecial + i;
        }

        return null;
    }

    /// <summary>The tokenizer, as it is read from a file.</summary>
    public Tokenizer ToTokenizer()
    {
        var values = new OrderedDictionary<string, GgufValue>();
        foreach (var (key, value) in GgufValues()) values.Add(key, value);
        return Tokenizer.FromGguf(new GgufMetadata("(memory)", values));
    }

    /// <summary>Adds the <c>tokenizer.*</c> keys to a GGUF file that is being written.</summary>
    public void AddTo(GgufWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var (key, value) in GgufValues()) writer.Add(key, value);
    }

    /// <summary>Writes a GGUF file that holds the vocabulary alone.</summary>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public void WriteGguf(string path)
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "llama"); // readers want one, even where there is no model
        writer.Add("general.type", "vocab");
        AddTo(writer);
        writer.Write(path);
    }

    /// <summary>
    /// Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> into a folder, which is made where it is missing.
    /// </summary>
    /// <exception cref="IOException">A file cannot be written; one that was there is as it was.</exception>
    public void WriteHuggingFace(string folder) => HuggingFaceFiles.Write(this, folder);

    /// <summary>How files spell a token: special ones as they are, others in the alphabet of bytes.</summary>
    internal string Spelling(int id) => id >= FirstSpecial
        ? SpecialTokens[id - FirstSpecial]
        : string.Create(_tokens[id].Length, _tokens[id], static (text, bytes) =>
        {
            for (var i = 0; i < bytes.Length; i++) text[i] = ByteLevelAlphabet.CharacterOf(bytes[i]);
        });

    private IEnumerable<(string Key, GgufValue Value)> GgufValues()
    {
        const string Keys = "tokenizer.ggml.";
        var ids = Enumerable.Range(0, Count);
        yield return (Keys + "model", GgufValue.From("gpt2"));
        yield return (Keys + "pre", GgufValue.From(_form.Family));
        yield return (Keys + "tokens", GgufValue.FromStrings(ids.Select(Spelling)));
        var kinds = ids.Select(id => (int)(id < FirstSpecial ? TokenKind.Normal : TokenKind.Control)).ToArray();
        yield return (Keys + "token_type", GgufValue.FromArray<int>(kinds));
        yield return (
            Keys + "merges", GgufValue.FromStrings(Merges.Select(pair => $"{Spelling(pair.Left)} {Spelling(pair.Right)}")));
        if (SpecialId(_options.Bos) is { } bos) yield return (Keys + "bos_token_id", GgufValue.From((uint)bos));
        if (SpecialId(_options.Eos) is { } eos) yield return (Keys + "eos_token_id", GgufValue.From((uint)eos));
        if (SpecialId(_options.Padding) is { } padding) yield return (Keys + "padding_token_id", GgufValue.From((uint)padding));
        yield return (Keys + "add_bos_token", GgufValue.From(_options.AddsBos));
        if (_options.ChatTemplate is { } template) yield return ("tokenizer.chat_template", GgufValue.From(template));
    }
}
