using System.Buffers;
using System.Text;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Turns text into the token ids of a model and back. Read from the metadata of a GGUF file or from the
/// <c>tokenizer.json</c> of a Hugging Face model. Immutable and safe for concurrent use. Time and memory of both directions
/// are linear in the text.
/// </summary>
public sealed class Tokenizer
{
    private const int MostRentedBytes = 1 << 20;

    private readonly TokenizerPipeline _pipeline;
    private readonly SpecialIds _ids;
    private readonly Lazy<TokenTexts> _texts;

    internal Tokenizer(
        Vocabulary vocabulary, TokenizerPipeline pipeline, SpecialIds ids, Func<TokenTexts> texts, string? chatTemplate)
    {
        (Vocabulary, _pipeline, _ids, ChatTemplate) = (vocabulary, pipeline, ids, chatTemplate);
        _texts = new Lazy<TokenTexts>(texts);
    }

    /// <summary>Reads the tokenizer that the metadata of a GGUF file describe.</summary>
    /// <exception cref="InvalidDataException">
    /// There is none, it is of a kind or has a pre-tokenizer that is not read, or it contradicts itself; the message names the
    /// key.
    /// </exception>
    public static Tokenizer FromGguf(GgufMetadata metadata) => new GgufTokenizerReader(metadata).Read();

    /// <summary>
    /// Reads <c>tokenizer.json</c> in a folder, with <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>,
    /// <c>generation_config.json</c> and <c>chat_template.jinja</c> beside it where they are.
    /// </summary>
    /// <exception cref="FileNotFoundException">The folder has no <c>tokenizer.json</c>.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or asks for what is not supported; the message names the
    /// place.</exception>
    public static Tokenizer FromHuggingFace(string folder) => HuggingFaceTokenizerReader.Read(folder);

    /// <summary>How many ids the vocabulary has; some may be unused.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>The token that begins a text, if the model has one.</summary>
    public int? BosId => _ids.Bos;

    /// <summary>The token that ends a text, if the model has one.</summary>
    public int? EosId => _ids.Eos;

    /// <summary>The token that ends a turn of a conversation, if the model has one.</summary>
    public int? EotId => _ids.Eot;

    /// <summary>The token that stands for text which the vocabulary cannot spell, if there is one.</summary>
    public int? UnknownId => _ids.Unknown;

    /// <summary>The token that fills unused places of a batch, if there is one.</summary>
    public int? PaddingId => _ids.Padding;

    /// <summary>The tokens that ask for what stands between two texts; null where the model was not taught such.</summary>
    public InfillTokens? Infill => _ids.Infill;

    /// <summary>What is put before a text that is encoded with special tokens: often the BOS token.</summary>
    public ReadOnlySpan<int> Prefix => _ids.Prefix;

    /// <summary>What is put behind such a text: most models have nothing.</summary>
    public ReadOnlySpan<int> Suffix => _ids.Suffix;

    /// <summary>The chat template in the Jinja language that came with the tokenizer, if any.</summary>
    public string? ChatTemplate { get; }

    internal Vocabulary Vocabulary { get; }

    internal bool TrimsFirstSpace => _texts.Value.TrimsFirstSpace;

    /// <summary>Encodes text.</summary>
    /// <param name="text">Any text; an unpaired surrogate becomes U+FFFD.</param>
    /// <param name="addSpecial">Whether to add what the model wants before and behind a text (<see cref="Prefix"/>,
    /// <see cref="Suffix"/>).</param>
    /// <param name="parseSpecial">Whether the text may name control tokens; never for text that others wrote.</param>
    public int[] Encode(string text, bool addSpecial = false, bool parseSpecial = false)
    {
        // Pools keep what comes back to them, for each thread: memory for texts of megabytes is not to stay there.
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > MostRentedBytes) return Encode(Encoding.UTF8.GetBytes(text), addSpecial, parseSpecial);
        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return Encode(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)), addSpecial, parseSpecial);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc cref="Encode(ReadOnlySpan{byte}, List{int}, bool, bool)"/>
    public int[] Encode(ReadOnlySpan<byte> utf8, bool addSpecial = false, bool parseSpecial = false)
    {
        List<int> ids = new((utf8.Length / 4) + 8);
        Encode(utf8, ids, addSpecial, parseSpecial);
        return [.. ids];
    }

    /// <summary>Encodes text and appends its ids to <paramref name="ids"/>.</summary>
    /// <param name="utf8">UTF-8. A byte that is none counts as U+FFFD where characters are told apart, and is kept where the
    /// vocabulary can spell single bytes.</param>
    /// <param name="ids">Where the ids go.</param>
    /// <param name="addSpecial">Whether to add what the model wants before and behind a text (<see cref="Prefix"/>,
    /// <see cref="Suffix"/>).</param>
    /// <param name="parseSpecial">Whether the text may name control tokens; never for text that others wrote.</param>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids, bool addSpecial = false, bool parseSpecial = false)
    {
        if (addSpecial) ids.AddRange(_ids.Prefix);
        _pipeline.Encode(utf8, ids, parseSpecial);
        if (addSpecial) ids.AddRange(_ids.Suffix);
    }

    /// <summary>Decodes ids to text; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    /// <param name="skipSpecial">Whether control tokens are left out, rather than written by name.</param>
    /// <param name="continuesText">Whether other text goes before: then a first space is kept that would otherwise be taken
    /// off.</param>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false, bool continuesText = false) =>
        Encoding.UTF8.GetString(DecodeBytes(ids, skipSpecial, continuesText));

    /// <summary>Decodes ids to bytes, which need not be UTF-8. See <see cref="Decode"/>.</summary>
    public byte[] DecodeBytes(ReadOnlySpan<int> ids, bool skipSpecial = false, bool continuesText = false)
    {
        var decoder = CreateDecoder(continuesText, skipSpecial);
        var buffer = new TextBuffer();
        foreach (var id in ids) buffer.Write(decoder.TextOf(id));
        return buffer.Written.ToArray();
    }

    /// <summary>A decoder for one stream of ids. See <see cref="Decode"/> for the parameters.</summary>
    /// <param name="continuesText">Whether other text goes before.</param>
    /// <param name="skipSpecial">Whether control tokens are left out.</param>
    /// <param name="visible">Control tokens that are written by name all the same.</param>
    public StreamingDecoder CreateDecoder(
        bool continuesText = false, bool skipSpecial = true, IReadOnlyCollection<int>? visible = null) =>
        new(this, continuesText, skipSpecial, visible ?? []);

    /// <summary>
    /// The bytes that a token stands for: part of a character, perhaps; a special token's name; nothing for an unused id.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)VocabularySize, nameof(id));
        return _texts.Value[id];
    }

    /// <summary>The id of the token with this text, special or not, or null.</summary>
    public int? FindToken(string text) => Vocabulary.FindByText(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether generation ends at this token: EOS, end of turn, and the like.</summary>
    public bool IsEndOfGeneration(int id) => _ids.EndsGeneration.Contains(id);

    /// <summary>Whether the token is structure (a control token), not text.</summary>
    public bool IsSpecial(int id) => _ids.Special.Contains(id);
}
