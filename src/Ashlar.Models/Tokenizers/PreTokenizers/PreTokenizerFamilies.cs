namespace Ashlar.Models.Tokenizers;

/// <summary>The pre-tokenizers of byte-level vocabularies by the names of GGUF's <c>tokenizer.ggml.pre</c>.</summary>
internal static class PreTokenizerFamilies
{
    private const string Digits = @"\p{N}";
    private const string AsciiDigits = "0-9";
    private const string LineEnds = "\r\n";
    private const string Spaces = @"\s";

    // CJK ideographs of the first edition, and everything from Samaritan to Yi and Hangul: what DeepSeek keeps together.
    private const string Eastern = "\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF";

    // DeepSeek LLM spells out letters that have case, but for a few scripts.
    private const string CasedLetters =
        "A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF"
        + "\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5"
        + "\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA"
        + "\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D"
        + "\u1F50-\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC"
        + "\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115"
        + "\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E"
        + "\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F"
        + "\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A"
        + "\U00010400-\U0001044F\U000104B0-\U000104D3\U000104D8-\U000104FB\U00010C80-\U00010CB2\U00010CC0-\U00010CF2"
        + "\U000118A0-\U000118DF\U0001E900-\U0001E943";

    private const string DeepSeekSigns = "!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002";

    /// <summary>The pre-tokenizer of a family, or null where the name is unknown.</summary>
    public static PreTokenizer? Find(string name) => name switch
    {
        "default" => Default(),
        "gpt-2" or "phi-2" or "mpt" or "olmo" or "jais" or "gigachat" or "jina-es" or "jina-de" or "jina-v1-en" or "jina-v2-es"
            or "jina-v2-de" or "jina-v2-code" or "roberta-bpe" or "trillion" or "granite-docling" or "exaone4" or "mellum"
            or "a.x-4.0" => new Gpt2Scanner(),
        "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "dbrx" or "smaug-bpe" or "glm4" or "chatglm-bpe" =>
            new Cl100kScanner(3),
        "qwen2" or "deepseek-r1-qwen" or "kormo" or "megrez" or "stablelm2" or "hunyuan" or "grok-2" => new Cl100kScanner(1),
        "qwen35" => new Cl100kScanner(1, CodePoints.Letter | CodePoints.Mark),
        "gpt-4o" or "llama4" => new O200kScanner(3, contractions: true),
        "tekken" => new O200kScanner(1, contractions: false),
        "starcoder" or "refact" or "command-r" or "smollm" or "codeshell" or "exaone" or "minerva-7b" => SingleDigits(),
        "deepseek-coder" => DeepSeekCoder(),
        "deepseek-llm" => DeepSeekLlm(),
        "deepseek-v3" or "hunyuan-dense" => DeepSeekV3(),
        "falcon" => Falcon(),
        _ => null,
    };

    private static PreTokenizerSequence Default() => new([
        new RunScanner(@"\p{P}$+<=>^~|"), new Gpt2Scanner(), new RunScanner(Digits),
        new RunScanner(AsciiDigits, least: 3, most: 3)]);

    private static PreTokenizerSequence Falcon() => new([
        new RunScanner(@"\p{P}$+<=>^~|`"), new Gpt2Scanner(), new RunScanner(AsciiDigits, least: 3, most: 3)]);

    private static PreTokenizerSequence SingleDigits() => new([new RunScanner(Digits, most: 1), new Gpt2Scanner()]);

    private static PreTokenizerSequence DeepSeekCoder() => new([
        new RunScanner(LineEnds, most: 1), new RunScanner(@"\p{L}", lead: Spaces), new RunScanner(@"\p{P}", lead: Spaces),
        new RunScanner(Eastern), new RunScanner(Digits, most: 1)]);

    private static PreTokenizerSequence DeepSeekLlm() => new([
        new RunScanner(LineEnds, most: 1), new RunScanner(CasedLetters, lead: Spaces),
        new RunScanner(DeepSeekSigns, lead: Spaces), new TrailingSpaceScanner(), new RunScanner(Eastern),
        new RunScanner(Digits)]);

    private static PreTokenizerSequence DeepSeekV3() => new([
        new RunScanner(Digits, most: 3), new RunScanner("\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF"), new DeepSeekV3Scanner()]);
}
