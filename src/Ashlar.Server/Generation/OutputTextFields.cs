using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Reads what else is to be part of the text, and of the prompt: vLLM's fields.</summary>
/// <param name="IncludesStopText">Whether a stop text that ends the output is part of it.</param>
/// <param name="ShowsSpecial">Whether special tokens are part of the text by name.</param>
/// <param name="MostPrompt">How many tokens of a prompt are kept, its last ones; null for all.</param>
internal sealed record OutputTextFields(bool IncludesStopText, bool ShowsSpecial, int? MostPrompt)
{
    /// <summary>Reads <c>include_stop_str_in_output</c>, <c>skip_special_tokens</c> and <c>truncate_prompt_tokens</c>.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="engine">What will run it.</param>
    /// <param name="maxTokens">Tokens that the answer may have; null for any number.</param>
    public static OutputTextFields Read(RequestFields fields, InferenceEngine engine, int? maxTokens)
    {
        const string Truncate = "truncate_prompt_tokens";
        var most = fields.Integer(Truncate, -1, engine.ContextLength);
        if (most is 0) throw FieldErrors.WrongValue(Truncate, "0", $"-1, or from 1 to {engine.ContextLength}");

        // As many as there is room for beside the answer, one token at least.
        if (most is -1) most = Math.Max(1, engine.ContextLength - Math.Max(1, maxTokens ?? 1));
        return new(
            fields.Boolean("include_stop_str_in_output") ?? false,
            fields.Boolean("skip_special_tokens") is false,
            most);
    }

    /// <summary>A prompt with no more tokens than are wanted.</summary>
    public int[] Truncate(int[] prompt) => MostPrompt is { } most && prompt.Length > most ? prompt[^most..] : prompt;

    /// <summary>The special tokens that have text: some, or all.</summary>
    public IReadOnlyList<int> VisibleTokens(HostedModel model, IReadOnlyList<int> some) =>
        ShowsSpecial ? model.SpecialTokens : some;
}
