using Ashlar.Engine.Grammars;
using Ashlar.Server.Catalog;

namespace Ashlar.Server.Generation;

/// <summary>What an output must look like.</summary>
/// <param name="Grammar">The grammar.</param>
/// <param name="Field">The path of the field that asks for it, for errors: whether a grammar can be had turns out late.</param>
internal sealed record OutputFormat(GrammarSource Grammar, string Field)
{
    /// <summary>
    /// The special tokens that have text: those that have it anyway, and what a format's tags are written with. Who asks for tags
    /// looks for them in the text.
    /// </summary>
    /// <param name="format">The format; null for none.</param>
    /// <param name="model">The model.</param>
    /// <param name="others">Those that have text anyway.</param>
    public static IReadOnlyList<int> VisibleTokens(OutputFormat? format, HostedModel model, IReadOnlyList<int> others)
    {
        if (format is not { Grammar: StructuralTagGrammar { Tags: var tags } }) return others;
        return
        [
            .. others.Union(model.SpecialTokens.Where(token =>
                model.TextOf(token) is { Length: > 0 } text && tags.Any(tag =>
                    tag.Begin.Contains(text, StringComparison.Ordinal) || tag.End.Contains(text, StringComparison.Ordinal)))),
        ];
    }
}
