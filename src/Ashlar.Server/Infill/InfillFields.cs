using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Infill;

/// <summary>A request to fill in, read by llama.cpp's names.</summary>
/// <param name="Model">What is asked.</param>
/// <param name="Request">How to generate; lacks only its prompt.</param>
/// <param name="Prompt">The prompt.</param>
internal sealed record InfillFields(HostedModel Model, GenerationRequest Request, InfillPrompt Prompt)
{
    private const int MostExtra = 1024, LongestSession = 256;
    private const string ExpectedExtra = "an array of objects with a filename and a text";

    /// <summary>Whose keystrokes these are; null where the request says nothing of it.</summary>
    public string? Session { get; private init; }

    public bool IsStreamed { get; private init; }

    /// <summary>The number of the slot that was asked for, told again in the answer.</summary>
    public int Slot { get; private init; }

    /// <summary>How long tokens may be generated once there is a whole line.</summary>
    public TimeSpan? LongestPrediction { get; private init; }

    public int LeastIndentation { get; private init; }

    /// <summary>The field that the grammar comes from.</summary>
    public string? GrammarField { get; private init; }

    /// <summary>The fields of the answer that are wanted; null for all.</summary>
    public IReadOnlyList<string>? ResponseFields { get; private init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">A field is wrong, or the model cannot fill in.</exception>
    public static InfillFields Read(RequestFields fields, HostedModel model)
    {
        InfillPrompt.TokensOf(model);
        var context = model.Engine.ContextLength;
        var most = fields.Integer("n_predict", -1, int.MaxValue) ?? -1;
        int? maxTokens = most < 0 ? null : Math.Min(most, context);
        var format = FormatFields.Read(fields);
        var request = GenerationFields.Read(fields, model.Engine, maxTokens) with
        {
            Grammar = format?.Grammar,
            LogProbabilities = fields.Boolean("return_tokens") is true ? 0 : null, // what brings the tokens along
        };
        var read = new InfillFields(
            model,
            InfillPrompt.EndAtMarks(model, request) with { Sampling = SamplerFields.Read(fields, request.Sampling) },
            ReadPrompt(fields, model, maxTokens))
        {
            Session = most == 0 ? Nobody(fields) : ReadSession(fields),
            IsStreamed = fields.Boolean("stream") ?? false,
            Slot = fields.Integer("id_slot", -1, int.MaxValue) ?? -1,
            LongestPrediction = fields.Integer("t_max_predict_ms", -1, int.MaxValue) is > 0 and var milliseconds
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null,
            LeastIndentation = fields.Integer("n_indent", 0, int.MaxValue) ?? 0,
            GrammarField = format?.Field,
            ResponseFields = Names(fields, "response_fields"),
        };
        fields.Integer("t_max_prompt_ms", -1, int.MaxValue); // a hint; prompts are computed whole
        fields.Boolean("cache_prompt"); // without consequence for the answer
        SamplerFields.Judge(fields);
        return read;
    }

    private static InfillPrompt ReadPrompt(RequestFields fields, HostedModel model, int? maxTokens)
    {
        var prefix = fields.Text("input_prefix") ?? throw FieldErrors.Missing("input_prefix", "a string");
        var suffix = fields.Text("input_suffix") ?? throw FieldErrors.Missing("input_suffix", "a string");
        return InfillPrompt.Fit(model, (prefix, fields.Text("prompt") ?? ""), suffix, Extra(fields), maxTokens);
    }

    private static List<ExtraFile> Extra(RequestFields fields)
    {
        const string Name = "input_extra";
        if (fields.Array(Name, ExpectedExtra) is not { } json) return [];
        if (json.GetArrayLength() is > MostExtra and var count) throw FieldErrors.TooMany(Name, count, $"at most {MostExtra}");
        var files = new List<ExtraFile>();
        foreach (var (index, value) in json.EnumerateArray().Index())
        {
            var path = $"{Name}[{index}]";
            if (value.ValueKind != JsonValueKind.Object) throw FieldErrors.WrongType(path, value.Describe(), "an object");
            var file = new RequestFields(value, path);
            var text = file.Text("text") ?? throw FieldErrors.Missing(file.PathOf("text"), "a string");
            files.Add(new(file.Text("filename") ?? "tmp", text));
            file.Take("time"); // when an editor has seen it
            file.RefuseUnread();
        }

        return files;
    }

    private static string? ReadSession(RequestFields fields)
    {
        const string Name = "session_id";
        if (fields.Text(Name) is not { } session)
        {
            return fields.Integer("id_slot", -1, int.MaxValue) is >= 0 and var slot ? $"slot {slot}" : null;
        }

        return session.Length is >= 1 and <= LongestSession
            ? $"session {session}"
            : throw FieldErrors.WrongValue(Name, $"a string of {session.Length} characters", $"one of 1 to {LongestSession}");
    }

    // What only prepares the cache is no answer to a keystroke: it ends none, and a keystroke does not end it.
    private static string? Nobody(RequestFields fields)
    {
        ReadSession(fields);
        return null;
    }

    private static List<string>? Names(RequestFields fields, string name)
    {
        const string Expected = "an array of strings";
        if (fields.Array(name, Expected) is not { } json) return null;
        return json.GetArrayLength() == 0 ? null : [.. json.EnumerateArray().Select((value, index) =>
            value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw FieldErrors.WrongType($"{name}[{index}]", value.Describe(), "a string"))];
    }
}
