using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The tokens by which a model is asked for what stands between two texts (fill in the middle; Bavarian et al. 2022): before the
/// text that precedes, before the text that follows, and where the model is to begin.
/// </summary>
/// <param name="Prefix">Stands before the text that precedes.</param>
/// <param name="Suffix">Stands before the text that follows.</param>
/// <param name="Middle">Stands where the model begins.</param>
public sealed record InfillTokens(int Prefix, int Suffix, int Middle)
{
    // Names under which models publish them. The three of a row belong together; what is absent from a vocabulary does not count.
    private static readonly (string Prefix, string Suffix, string Middle, string[] Repository, string[] File, string[] Ends)[]
        Known =
    [
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>",
            ["<|repo_name|>", "<|fim_repo|>"], ["<|file_sep|>"], ["<|fim_pad|>"]),
        ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", ["<repo_name>", "<reponame>"], ["<file_sep>"], ["<fim_pad>"]),
        ("<fim-prefix>", "<fim-suffix>", "<fim-middle>", ["<fim-repo>"], [], ["<fim-pad>"]),
        ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", [], [], []),
        ("▁<PRE>", "▁<SUF>", "▁<MID>", [], [], ["▁<EOT>"]),
        ("<PRE>", "<SUF>", "<MID>", [], [], ["<EOT>"]),
        ("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", [], [], []),
    ];

    /// <summary>Stands before the name of a repository, if the model knows whole repositories.</summary>
    public int? Repository { get; private init; }

    /// <summary>Stands before each file of a repository, its name first.</summary>
    public int? File { get; private init; }

    /// <summary>Tokens at which what is filled in ends: all of these, and others that the model pads or ends with.</summary>
    public IReadOnlyList<int> Ends { get; private init; } = [];

    /// <summary>The tokens of a vocabulary; null where it has not all three.</summary>
    /// <param name="vocabulary">Where they are looked for by name.</param>
    /// <param name="named">
    /// What the model's file names: <c>pre</c>, <c>suf</c>, <c>mid</c>, <c>rep</c>, <c>sep</c>, <c>pad</c>, and the older
    /// <c>prefix</c>, <c>suffix</c>, <c>middle</c>. It goes before names.
    /// </param>
    internal static InfillTokens? Of(Vocabulary vocabulary, Func<string, int?> named)
    {
        var row = Known.FirstOrDefault(row =>
            Find(row.Prefix) is not null && Find(row.Suffix) is not null && Find(row.Middle) is not null);
        var prefix = named("pre") ?? named("prefix") ?? Find(row.Prefix);
        var suffix = named("suf") ?? named("suffix") ?? Find(row.Suffix);
        var middle = named("mid") ?? named("middle") ?? Find(row.Middle);
        if (prefix is not { } before || suffix is not { } behind || middle is not { } here) return null;
        var repository = named("rep") ?? FindOne(row.Repository);
        var file = named("sep") ?? FindOne(row.File);
        int?[] ends = [before, behind, here, repository, file, named("pad"), .. (row.Ends ?? []).Select(Find)];
        return new(before, behind, here)
        {
            Repository = repository,
            File = file,
            Ends = [.. ends.OfType<int>().Distinct()],
        };

        int? Find(string? text) => text is null ? null : vocabulary.FindByText(Encoding.UTF8.GetBytes(text));
        int? FindOne(string[]? texts) => (texts ?? []).Select(Find).FirstOrDefault(static id => id is not null);
    }
}
