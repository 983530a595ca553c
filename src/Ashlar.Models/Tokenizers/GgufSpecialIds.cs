using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads which ids are special.</summary>
internal sealed class GgufSpecialIds(GgufMetadata metadata, Vocabulary vocabulary)
{
    private const string Keys = "tokenizer.ggml.";

    /// <summary>The ids that a kind of tokenizer has where the file does not say.</summary>
    public readonly record struct Defaults(int? Bos = null, int? Eos = null, int? Unknown = null, int? Padding = null);

    /// <summary>Reads the ids of a language model.</summary>
    /// <param name="addBos">Whether BOS goes before a text where the file does not say.</param>
    /// <param name="addEos">Whether EOS goes behind a text where the file does not say.</param>
    /// <param name="defaults">Ids where the file does not say.</param>
    public SpecialIds Read(bool addBos, bool addEos, Defaults defaults)
    {
        var bos = Id("bos_token_id", defaults.Bos);
        var eos = Id("eos_token_id", defaults.Eos);
        addBos = metadata.GetBoolean(Keys + "add_bos_token", addBos);
        addEos = metadata.GetBoolean(Keys + "add_eos_token", addEos);
        return Complete(
            defaults, bos, eos, prefix: addBos && bos is { } first ? [first] : [],
            suffix: addEos && eos is { } last ? [last] : []);
    }

    /// <summary>Reads the ids of an encoder: a class token before the text, a separator behind it.</summary>
    public SpecialIds ReadForBert()
    {
        var begin = Id("cls_token_id", null) ?? Id("bos_token_id", 101);
        var separator = Id("seperator_token_id", null) ?? Id("separator_token_id", 102); // the key is misspelled in the field
        return Complete(
            new(Unknown: 100, Padding: 0), begin, Id("eos_token_id", null), begin is { } b ? [b] : [],
            separator is { } s ? [s] : []);
    }

    private SpecialIds Complete(Defaults defaults, int? bos, int? eos, int[] prefix, int[] suffix)
    {
        HashSet<int> special = [];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.KindOf(id) is TokenKind.Control or TokenKind.Unknown) special.Add(id);
        }

        var ends = EndOfTurnTokens.Among(special, vocabulary);
        var eot = Id("eot_token_id", null) ?? (ends.Count > 0 ? ends[0] : null);
        int?[] named =
        [
            eos, eot, Id("eom_token_id", null),
            Id("fim_pad_token_id", null), Id("fim_rep_token_id", null), Id("fim_sep_token_id", null),
        ];
        return new SpecialIds
        {
            Bos = bos,
            Eos = eos,
            Eot = eot,
            Unknown = Id("unknown_token_id", defaults.Unknown),
            Padding = Id("padding_token_id", defaults.Padding),
            Prefix = prefix,
            Suffix = suffix,
            // Files for harmony may name its mark of a message's end.
            EndsGeneration = [.. ends, .. named.OfType<int>().Where(id => !vocabulary[id].SequenceEqual("<|end|>"u8))],
            Special = special,
            Infill = InfillTokens.Of(vocabulary, Infill),
        };
    }

    // Files had other keys for the first three before there were more.
    private int? Infill(string name) => name is "prefix" or "suffix" or "middle"
        ? Id($"{name}_token_id", null)
        : Id($"fim_{name}_token_id", null);

    private int? Id(string name, int? fallback)
    {
        // Files say "none" with -1 or, unsigned, 2^32 - 1.
        if (!metadata.Contains(Keys + name)) return fallback < vocabulary.Count ? fallback : null;
        var id = metadata.GetInteger<long>(Keys + name);
        if (id is -1 or uint.MaxValue) return null;
        return id >= 0 && id < vocabulary.Count
            ? (int)id
            : throw new InvalidDataException(
                $"{Keys}{name} is {id}, and the vocabulary has {vocabulary.Count} tokens; convert the model again");
    }
}
