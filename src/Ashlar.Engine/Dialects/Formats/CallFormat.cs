using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>A way in which models write tool calls into their text.</summary>
internal abstract class CallFormat
{
    protected const string Alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>What begins calls, anywhere in the text.</summary>
    public abstract IReadOnlyList<string> Markers { get; }

    /// <summary>What begins calls where nothing was said yet.</summary>
    public virtual IReadOnlyList<string> StartMarkers => [];

    /// <summary>All texts that the format knows calls by; a tokenizer may have special tokens for some.</summary>
    public abstract IReadOnlyList<string> Texts { get; }

    /// <summary>Whether the template takes one call in a message.</summary>
    public virtual bool HasOneCallAMessage => false;

    /// <summary>Reads what stands behind a marker: one call or several.</summary>
    /// <param name="marker">The marker, which was taken.</param>
    /// <param name="reader">What to read with.</param>
    /// <returns>False where it is no call, and all since the feed's mark is content.</returns>
    public abstract ValueTask<bool> ReadAsync(string marker, CallReader reader);

    /// <summary>What stands round the calls of an answer.</summary>
    public abstract CallLayout Layout { get; }

    /// <summary>The grammar of one call of a tool.</summary>
    public abstract string CallRule(ChatTool tool);

    /// <summary>Writes calls as the model would.</summary>
    public abstract string Spell(IReadOnlyList<SpelledCall> calls);

    /// <summary>An id for a call that brought none.</summary>
    public virtual string NewId(string name, int index, Random random) => RandomId(random);

    /// <summary>The grammar of a call as a JSON object.</summary>
    protected static string JsonRule(ChatTool tool, string name = "name", string arguments = "arguments") =>
        GbnfText.Literal($"{{\"{name}\": {SpelledCall.TextOf(JsonValue.Create(tool.Name))}, \"{arguments}\": ")
        + $" {GbnfText.Json(ToolGrammar.SchemaOf(tool))} \"}}\"";

    /// <summary>An id of OpenAI's form.</summary>
    public static string RandomId(Random random) => "call_" + random.GetString(Alphanumerics, 24);

    /// <summary>The form of an id that the template takes.</summary>
    public virtual string Adapt(string id) => id;
}
