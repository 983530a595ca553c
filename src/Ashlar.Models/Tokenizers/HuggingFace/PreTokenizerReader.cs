using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    // What \w means in a regular expression.
    private const uint WordClasses =
        CodePoints.Letter | CodePoints.Mark | CodePoints.DecimalDigit | CodePoints.LetterNumber | CodePoints.Connector;

    public static PreTokenizerPlan Read(JsonPlace place)
    {
        List<PreTokenizer> stages = [];
        var byteLevels = Add(place, stages);
        if (byteLevels > 1) throw place.Unsupported("ByteLevel twice");
        return new PreTokenizerPlan(stages, byteLevels == 1);
    }

    // Appends the stages of one entry; returns how many of them are byte-level.
    private static int Add(JsonPlace place, List<PreTokenizer> stages)
    {
        switch (place.Type())
        {
            case "Sequence":
                return place["pretokenizers"].Items().Sum(item => Add(item, stages));
            case "ByteLevel":
                if (place.Flag("add_prefix_space", true)) stages.Add(new SpacePrefixer());
                if (place.Flag("use_regex", true)) stages.Add(new Gpt2Scanner());
                stages.Add(new ByteLevelWriter());
                return 1;
            case "Split":
                stages.Add(ReadSplit(place));
                return 0;
            case "Digits":
                var digits = place.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous;
                stages.Add(new SplitPreTokenizer(CharacterPattern.Number, digits, invert: false));
                return 0;
            case "Punctuation":
                var signs = ReadBehavior(place, SplitBehavior.Isolated);
                stages.Add(new SplitPreTokenizer(CharacterPattern.Punctuation, signs, invert: false));
                return 0;
            case "Whitespace":
                stages.Add(new SplitPreTokenizer(CharacterPattern.White, SplitBehavior.Removed, invert: false));
                stages.Add(new SplitPreTokenizer(new CharacterPattern(IsWordCharacter), SplitBehavior.Contiguous, invert: false));
                return 0;
            case "WhitespaceSplit":
                stages.Add(new SplitPreTokenizer(CharacterPattern.White, SplitBehavior.Removed, invert: false));
                return 0;
            case "BertPreTokenizer":
                stages.Add(new BertPreTokenizer());
                return 0;
            case "Metaspace":
                stages.Add(ReadMetaspace(place));
                return 0;
            default:
                throw place.Unsupported($"the pre-tokenizer '{Printable.Name(place.Type())}'");
        }
    }

    private static PreTokenizer ReadSplit(JsonPlace place)
    {
        var behavior = ReadBehavior(place, null);
        var invert = place.Flag("invert", false);
        if (place["pattern"].Text("Regex") is { } regex && KnownPatterns.Find(regex) is { } scanner)
        {
            // A scanner keeps what it does not match; the large ones match everything, so that dropping the rest drops nothing.
            var matchesAll = scanner is Gpt2Scanner or Cl100kScanner or O200kScanner;
            if ((behavior == SplitBehavior.Isolated && !invert) || (behavior == SplitBehavior.Removed && invert && matchesAll))
            {
                return scanner;
            }
        }

        return new SplitPreTokenizer(TextPatternReader.Read(place["pattern"]), behavior, invert);
    }

    private static MetaspacePreTokenizer ReadMetaspace(JsonPlace place)
    {
        var mark = place.Text("replacement") ?? "▁";
        if (mark.EnumerateRunes().Count() != 1) throw place["replacement"].Error("is not one character");
        var prefix = place.Text("prepend_scheme") switch
        {
            "always" => SpacePrefix.Always,
            "first" => SpacePrefix.First,
            "never" => SpacePrefix.Never,
            null => place.Flag("add_prefix_space", true) ? SpacePrefix.Always : SpacePrefix.Never,
            var other => throw place["prepend_scheme"].Unsupported($"'{Printable.Name(other)}'"),
        };
        return new MetaspacePreTokenizer(Encoding.UTF8.GetBytes(mark), prefix, place.Flag("split", true));
    }

    private static SplitBehavior ReadBehavior(JsonPlace place, SplitBehavior? fallback) => place.Text("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        null => fallback ?? throw place.Error("has no 'behavior'"),
        var other => throw place["behavior"].Unsupported($"'{Printable.Name(other)}'"),
    };

    private static bool IsWordCharacter(byte first, uint type) =>
        first == '_' || (type & WordClasses) != 0;
}
