namespace Ashlar.Models.Tokenizers;

/// <summary>The regular expressions that published tokenizers carry, and the scanners that stand for them.</summary>
internal static class KnownPatterns
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string ContractionsSpelled = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
    private const string Tail = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Cl100kHead = @"[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Cl100kSigns = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Tail;
    private const string CaseWord =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+C|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*C|";
    private const string CaseSigns = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + Tail;

    private static readonly Dictionary<string, Func<Scanner>> Scanners = new(StringComparer.Ordinal)
    {
        [Gpt2Scanner.Pattern] = () => new Gpt2Scanner(),
        [Contractions + "|" + Cl100kHead + @"\p{N}{1,3}" + Cl100kSigns] = () => new Cl100kScanner(3),
        [ContractionsSpelled + "|" + Cl100kHead + @"\p{N}{1,3}" + Cl100kSigns] = () => new Cl100kScanner(3),
        [Contractions + "|" + Cl100kHead + @"\p{N}" + Cl100kSigns] = () => new Cl100kScanner(1),
        [ContractionsSpelled + "|" + Cl100kHead + @"\p{N}" + Cl100kSigns] = () => new Cl100kScanner(1),
        [Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + Tail] =
            () => new Cl100kScanner(1, CodePoints.Letter | CodePoints.Mark),
        [CaseWord.Replace("C|", Contractions + "?|", StringComparison.Ordinal) + @"\p{N}{1,3}" + CaseSigns] =
            () => new O200kScanner(3, contractions: true),
        [CaseWord.Replace("C|", "|", StringComparison.Ordinal) + @"\p{N}" + CaseSigns] =
            () => new O200kScanner(1, contractions: false),
        [@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|"
            + @"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|" + Tail] =
            () => new DeepSeekV3Scanner(),
        ["[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"] = () => new RunScanner("\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF"),
        ["[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+"] = () => new RunScanner("\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF"),
        [@"\p{N}{1,3}"] = () => new RunScanner(@"\p{N}", most: 3),
        [@"\p{N}+"] = () => new RunScanner(@"\p{N}"),
        [@"\p{N}"] = () => new RunScanner(@"\p{N}", most: 1),
        ["[0-9][0-9][0-9]"] = () => new RunScanner("0-9", least: 3, most: 3),
        [@"[\r\n]"] = () => new RunScanner("\r\n", most: 1),
        [@"\s?\p{L}+"] = () => new RunScanner(@"\p{L}", lead: @"\s"),
        [@"\s?\p{P}+"] = () => new RunScanner(@"\p{P}", lead: @"\s"),
        [@"\s+$"] = () => new TrailingSpaceScanner(),
    };

    /// <summary>Every expression that a scanner stands for.</summary>
    public static IReadOnlyCollection<string> All => Scanners.Keys;

    /// <summary>The scanner for an expression, or null where none stands for it.</summary>
    public static Scanner? Find(string pattern)
    {
        // Files write line ends as escapes or as themselves.
        var spelled = pattern.Replace("\r", @"\r", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return Scanners.TryGetValue(spelled, out var create) ? create() : null;
    }
}
