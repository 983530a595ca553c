namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonPlace place) => place.Type() switch
    {
        "NFC" => new UnicodeFormNormalizer(compose: true, compatibility: false),
        "NFD" => new UnicodeFormNormalizer(compose: false, compatibility: false),
        "NFKC" => new UnicodeFormNormalizer(compose: true, compatibility: true),
        "NFKD" => new UnicodeFormNormalizer(compose: false, compatibility: true),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(place.Flag("strip_left", true), place.Flag("strip_right", true)),
        "Replace" =>
            new ReplaceNormalizer(
                TextPatternReader.Read(place["pattern"]), place["content"].Utf8(Normalizer.MostReplacementBytes)),
        "Prepend" => new PrependNormalizer(place["prepend"].Utf8(Normalizer.MostReplacementBytes)),
        "BertNormalizer" => ReadBert(place),
        "Precompiled" => ReadPrecompiled(place["precompiled_charsmap"]),
        "Sequence" => new NormalizerSequence([.. place["normalizers"].Items().Select(Read)]),
        var type => throw place.Unsupported($"the normalizer '{Printable.Name(type)}'"),
    };

    // Where strip_accents is not said, it follows lowercase.
    private static BertNormalizer ReadBert(JsonPlace place)
    {
        var lowercase = place.Flag("lowercase", true);
        return new BertNormalizer(
            place.Flag("clean_text", true), place.Flag("handle_chinese_chars", true), place.Flag("strip_accents", lowercase),
            lowercase);
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonPlace map)
    {
        try
        {
            return new PrecompiledNormalizer(Convert.FromBase64String(map.Text()));
        }
        catch (FormatException)
        {
            throw map.Error("is not base64");
        }
        catch (InvalidDataException error)
        {
            throw map.Error($"is malformed: {error.Message}");
        }
    }
}
