using System.Security.Cryptography;
using System.Text;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Mistral's calls: <c>[TOOL_CALLS][{...}, ...]</c>, and since its eleventh tokenizer
/// <c>[TOOL_CALLS]name[CALL_ID]id[ARGS]{...}</c>, where the id is optional.
/// </summary>
/// <param name="isNamed">Whether the model writes the newer form.</param>
internal sealed class MistralFormat(bool isNamed) : CallFormat
{
    private const string Begin = "[TOOL_CALLS]";
    private const string Id = "[CALL_ID]";
    private const string Arguments = "[ARGS]";
    private const int IdLength = 9;

    public override IReadOnlyList<string> Markers { get; } = [Begin];

    public override IReadOnlyList<string> Texts { get; } = [Begin, Id, Arguments];

    public override CallLayout Layout { get; } =
        isNamed ? new("", "", "", Begin) : new(Begin + "[", ", ", "]", Begin);

    public override string CallRule(ChatTool tool) => isNamed
        ? $"{GbnfText.Literal(Begin + tool.Name + Arguments)} {GbnfText.Json(ToolGrammar.SchemaOf(tool))}"
        : JsonRule(tool);

    public override string Spell(IReadOnlyList<SpelledCall> calls) => isNamed
        ? string.Concat(calls.Select(call => $"{Begin}{call.Name}{Arguments}{call.ArgumentsText}"))
        : $"{Begin}[{string.Join(", ", calls.Select(call => call.ToJson()))}]";

    public override async ValueTask<bool> ReadAsync(string marker, CallReader reader)
    {
        var feed = reader.Feed;
        await feed.SkipSpaceAsync().ConfigureAwait(false);
        if (await feed.PeekAsync().ConfigureAwait(false) is '[' or '{')
        {
            return await reader.ReadJsonAsync(onlyDeclared: false).ConfigureAwait(false);
        }

        var name = await feed.TakeWordAsync("[{", CallReader.LongestName).ConfigureAwait(false);
        if (name is null || !CallReader.IsName(name = name.Trim())) return false;
        string? id = null;
        if (await feed.TryTakeAsync(Id).ConfigureAwait(false))
        {
            id = await feed.TakeWordAsync("[{", CallReader.LongestName).ConfigureAwait(false);
        }

        await feed.TryTakeAsync(Arguments).ConfigureAwait(false);
        return await reader.ReadNamedAsync(name, id is not null && IsId(id) ? id : null).ConfigureAwait(false);
    }

    public override string NewId(string name, int index, Random random) => random.GetString(Alphanumerics, IdLength);

    // Ids of other makers get one of the right form, always the same, so that a call and its result stay together.
    public override string Adapt(string id)
    {
        if (IsId(id)) return id;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Concat(hash.Take(IdLength).Select(value => Alphanumerics[value % Alphanumerics.Length]));
    }

    private static bool IsId(string id) => id.Length == IdLength && id.All(char.IsAsciiLetterOrDigit);
}
