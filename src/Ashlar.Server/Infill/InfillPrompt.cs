using Ashlar.Engine;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Infill;

/// <summary>A prompt that asks for what stands between two texts, in the order prefix, suffix, middle.</summary>
/// <param name="Tokens">The prompt.</param>
/// <param name="IsCut">Whether something was left away to make it fit.</param>
internal sealed record InfillPrompt(int[] Tokens, bool IsCut)
{
    // A model that knows repositories was taught that each has a name, and each file of it: that which is written, too.
    private const string RepositoryName = "myproject\n", FileName = "filename\n", Snippet = "\n\n--- snippet ---\n\n";

    /// <summary>The part of the context that is left for the answer where a request does not bound it.</summary>
    private const int PartForAnswer = 8;

    /// <summary>Of what has room, the part that the text behind gets if both texts are longer.</summary>
    private const int PartForSuffix = 4;

    /// <summary>The tokens that a model is asked by.</summary>
    /// <param name="model">The model.</param>
    /// <param name="param">The field that wants them; null where the whole request does.</param>
    /// <exception cref="ApiException">The model has none.</exception>
    public static InfillTokens TokensOf(HostedModel model, string? param = null)
    {
        if (model.Tokenizer.Infill is { } marks) return marks;
        var problem = $"model '{model.Name}' was not taught to fill in: its vocabulary has no tokens for prefix, suffix and "
            + "middle; serve one that has, such as Qwen2.5-Coder";
        throw param is null
            ? new ApiException(new(501, ApiError.InvalidRequest, "infill_not_supported", problem))
            : FieldErrors.Wrong(param, "unsupported_parameter", $"'{param}' is not supported here: {problem}");
    }

    /// <summary>A request for what stands between two texts as they are; whether they fit is the engine's to say.</summary>
    /// <param name="model">What is asked.</param>
    /// <param name="request">How to generate.</param>
    /// <param name="prefix">What stands before.</param>
    /// <param name="suffix">What stands behind; the field of that name.</param>
    /// <param name="addSpecial">Whether the prompt begins with the token that begins every text.</param>
    public static GenerationRequest Between(
        HostedModel model, GenerationRequest request, ReadOnlySpan<int> prefix, string suffix, bool addSpecial = true)
    {
        var (marks, tokenizer) = (TokensOf(model, "suffix"), model.Tokenizer);
        int[] begin = addSpecial ? Begin(tokenizer) : [];
        return EndAtMarks(model, request) with
        {
            PromptTokens = (int[])[.. begin, marks.Prefix, .. prefix, marks.Suffix, .. tokenizer.Encode(suffix), marks.Middle],
        };
    }

    /// <summary>A request whose output ends where a model that fills in has come to the end, or begins another text.</summary>
    public static GenerationRequest EndAtMarks(HostedModel model, GenerationRequest request) => request with
    {
        StopTokens = [.. request.StopTokens, .. request.IgnoreEndOfSequence ? [] : TokensOf(model).Ends],
    };

    /// <summary>
    /// The prompt of two texts and pieces of other files, cut to fit: of the text before its end is kept, of that behind its
    /// beginning, of the pieces the last ones, each whole. Within the texts no special tokens are looked for.
    /// </summary>
    /// <param name="model">What is asked.</param>
    /// <param name="prefix">What stands before.</param>
    /// <param name="suffix">What stands behind.</param>
    /// <param name="extra">Pieces of other files; what matters most comes last.</param>
    /// <param name="maxTokens">Tokens that the answer may have; null for any number.</param>
    public static InfillPrompt Fit(
        HostedModel model, (string Text, string LastLine) prefix, string suffix, IReadOnlyList<ExtraFile> extra, int? maxTokens)
    {
        var (marks, tokenizer, context) = (TokensOf(model), model.Tokenizer, model.Engine.ContextLength);
        int[] before = [.. tokenizer.Encode(prefix.Text), .. tokenizer.Encode(prefix.LastLine)];
        var behind = tokenizer.Encode(suffix);
        var begin = Begin(tokenizer);
        var forAnswer = maxTokens is { } most ? Math.Min(most, context / 2) : context / PartForAnswer;
        var room = Math.Max(0, context - forAnswer - begin.Length - 3); // for two texts between three marks

        var keptBehind = Math.Min(behind.Length, Math.Max(room / PartForSuffix, room - before.Length));
        var keptBefore = Math.Min(before.Length, room - keptBehind);
        var files = Files(tokenizer, marks, extra, room - keptBehind - keptBefore, out var isWhole);
        return new(
            [.. begin, .. files, marks.Prefix, .. before[^keptBefore..], marks.Suffix, .. behind[..keptBehind], marks.Middle],
            !isWhole || keptBefore < before.Length || keptBehind < behind.Length);
    }

    private static int[] Begin(Tokenizer tokenizer) => tokenizer.BosId is { } bos && tokenizer.Prefix.Contains(bos) ? [bos] : [];

    private static List<int> Files(
        Tokenizer tokenizer, InfillTokens marks, IReadOnlyList<ExtraFile> extra, int room, out bool isWhole)
    {
        isWhole = true;
        if (extra.Count == 0) return [];
        int[] open = marks.Repository is { } repository ? [repository, .. tokenizer.Encode(RepositoryName)] : [];
        int[] close = marks.File is { } file ? [file, .. tokenizer.Encode(FileName)] : [];
        room -= open.Length + close.Length;

        var kept = new Stack<int[]>();
        for (var i = extra.Count - 1; i >= 0 && isWhole; i--)
        {
            int[] head = marks.File is { } mark ? [mark, .. tokenizer.Encode(extra[i].Name + "\n")] : tokenizer.Encode(Snippet);
            int[] piece = [.. head, .. tokenizer.Encode(extra[i].Text)];
            isWhole = piece.Length <= room;
            if (!isWhole) break;
            kept.Push(piece);
            room -= piece.Length;
        }

        return kept.Count == 0 ? [] : [.. open, .. kept.SelectMany(static piece => piece), .. close];
    }
}
