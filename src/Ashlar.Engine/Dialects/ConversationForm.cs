using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates;

namespace Ashlar.Engine.Dialects;

/// <summary>The form in which a template takes calls and their results, and how conversations are brought to it.</summary>
/// <param name="Dialect">The dialect of the template's model.</param>
internal sealed record ConversationForm(ChatDialect Dialect)
{
    private const string Needle = "nEEdle";
    private const string IsResult = "is_result"; // of a message that was a tool's
    private const string NeedleId = "call00001";

    private static readonly JsonElement Parameters = JsonSerializer.SerializeToElement(JsonNode.Parse(
        """{"type": "object", "properties": {"key": {"type": "string", "description": "A key."}}, "required": ["key"]}"""));

    /// <summary>Whether the template writes calls; if not, they are part of the content.</summary>
    public bool TakesCalls { get; init; }

    /// <summary>Whether it takes arguments as an object, and not as text.</summary>
    public bool TakesObjects { get; init; }

    /// <summary>Whether the content of a message with calls may be null.</summary>
    public bool TakesNull { get; init; }

    /// <summary>Whether it takes messages of the role <c>tool</c>; if not, they are the user's.</summary>
    public bool TakesResults { get; init; }

    /// <summary>Whether it tells developers from the system.</summary>
    public bool TakesDevelopers { get; init; }

    /// <summary>Finds out by trying.</summary>
    public static ConversationForm Of(ChatTemplate template, ChatDialect dialect)
    {
        var form = new ConversationForm(dialect)
        {
            TakesDevelopers = template.Source.Contains("developer", StringComparison.Ordinal),
        };
        foreach (var takesObjects in new[] { true, false })
        {
            foreach (var takesNull in new[] { true, false })
            {
                var tried = form with
                {
                    TakesCalls = true,
                    TakesObjects = takesObjects,
                    TakesNull = takesNull,
                    TakesResults = true,
                };
                if (tried.IsTaken(template)) return tried;
                tried = tried with { TakesResults = false };
                if (tried.IsTaken(template)) return tried;
            }
        }

        form = form with { TakesResults = true };
        return form.IsTaken(template) ? form : form with { TakesResults = false };
    }

    /// <summary>Adds tools to a template's variables, under the names that templates know them by.</summary>
    public static void AddTools(JsonObject variables, IReadOnlyList<ChatTool> tools, ChatDialect dialect, TimeProvider clock)
    {
        var all = new JsonArray([.. tools.Select(tool => tool.ToJson())]);
        if (dialect.Name == "firefunction")
        {
            variables["functions"] = SpelledCall.TextOf(all);
            variables["datetime"] = clock.GetLocalNow().ToString("MMM dd yyyy HH:mm:ss", CultureInfo.InvariantCulture);
        }
        else if (tools.Count > 0)
        {
            variables["tools"] = all;
        }
    }

    /// <summary>A copy of a conversation in the template's form.</summary>
    public JsonArray Shape(JsonArray messages, IReadOnlyList<ChatTool> tools)
    {
        var shaped = new JsonArray();
        var names = new Dictionary<string, string>(StringComparer.Ordinal); // of the tools that were called, by id
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is not JsonObject message) throw new ArgumentException($"messages[{i}] must be an object");
            try
            {
                Add(shaped, ShapeOne((JsonObject)message.DeepClone(), i, names));
            }
            catch (InvalidOperationException error)
            {
                throw new ArgumentException($"messages[{i}] has a member of a wrong type: {error.Message}", error);
            }
        }

        if (tools.Count > 0 && !Dialect.RendersTools) ToolInstructions.AddTo(shaped, tools, Dialect);
        return Dialect.HasOneCallAMessage && TakesCalls ? CallSplit.Of(shaped) : shaped;
    }

    private bool IsTaken(ChatTemplate template)
    {
        var tool = new ChatTool("probe", "A probe.", Parameters);
        var call = new JsonObject
        {
            ["id"] = NeedleId,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "probe", ["arguments"] = $"{{\"{Needle}Key\": \"{Needle}Value\"}}" },
        };
        var conversation = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = "x" },
            new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray(call) },
            new JsonObject { ["role"] = "tool", ["tool_call_id"] = NeedleId, ["content"] = Needle + "Result" });
        var variables = new JsonObject
        {
            ["messages"] = Shape(conversation, []),
            ["add_generation_prompt"] = true,
            ["bos_token"] = "",
            ["eos_token"] = "",
        };
        AddTools(variables, [tool], Dialect, TimeProvider.System);
        try
        {
            var text = template.Render(variables);
            return Has("Key") && Has("Value") && Has("Result")
                && (!text.Contains("None", StringComparison.Ordinal) // Python's null
                    || template.Source.Contains("None", StringComparison.Ordinal))
                && !text.Contains($"'{Needle}Key'", StringComparison.Ordinal) // Python's notation of a dictionary
                && !text.Contains($"\\\"{Needle}Key", StringComparison.Ordinal); // text within text

            bool Has(string needle) => text.Contains(Needle + needle, StringComparison.Ordinal);
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    // A result that became the user's is one message with what goes before and behind it: users and models take turns.
    private void Add(JsonArray shaped, JsonObject message)
    {
        if (!TakesResults && shaped.LastOrDefault() is JsonObject last && (string?)last["role"] == "user"
            && (string?)message["role"] == "user" && (last.Remove(IsResult) | message.ContainsKey(IsResult)))
        {
            message["content"] = $"{TextOf(last["content"])}\n\n{TextOf(message["content"])}";
            shaped.RemoveAt(shaped.Count - 1);
        }

        shaped.Add((JsonNode)message);
    }

    private JsonObject ShapeOne(JsonObject message, int index, Dictionary<string, string> names)
    {
        // Templates that take parts take text as well, and many take nothing else.
        if (message["content"] is JsonArray parts && parts.All(part => (string?)part?["type"] == "text"))
        {
            message["content"] = TextOf(parts);
        }

        switch ((string?)message["role"])
        {
            case "developer" when !TakesDevelopers:
                message["role"] = "system";
                break;
            case "assistant":
                ShapeAnswer(message, index, names);
                break;
            case "tool" when (string?)message["tool_call_id"] is { } id:
                if (message["name"] is null && names.TryGetValue(id, out var name)) message["name"] = name;
                message["tool_call_id"] = Dialect.Adapt(id);
                if (!TakesResults)
                {
                    return new()
                    {
                        ["role"] = "user",
                        ["content"] = $"Result of {message["name"]}: {TextOf(message["content"])}",
                        [IsResult] = true,
                    };
                }

                break;
        }

        return message;
    }

    private void ShapeAnswer(JsonObject message, int index, Dictionary<string, string> names)
    {
        var reasoning = (string?)message["reasoning_content"];
        if (reasoning is not null) message["thinking"] = reasoning; // gpt-oss's name
        if (message["tool_calls"] is not JsonArray { Count: > 0 } calls)
        {
            message.Remove("tool_calls"); // templates ask whether it is there
            return;
        }

        var spelled = calls.Select((call, i) => Read(call, index, i)).ToArray();
        foreach (var call in spelled) names[call.Id] = call.Name;
        var content = TextOf(message["content"]);
        if (Dialect.Calls is null && reasoning is not null && content.Length > 0)
        {
            // gpt-oss's template takes one of both with a call.
            message["thinking"] = $"{reasoning}\n{content}";
            content = "";
        }

        if (TakesCalls)
        {
            if (content.Length == 0) message["content"] = TakesNull ? null : "";
            message["tool_calls"] = new JsonArray([.. spelled.Select(ToJson)]);
            return;
        }

        message.Remove("tool_calls");
        message["content"] = content + Dialect.Spell([.. spelled.Select(call => call with { Id = Dialect.Adapt(call.Id) })]);
    }

    private JsonObject ToJson(SpelledCall call) => new()
    {
        ["id"] = Dialect.Adapt(call.Id),
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = call.Name,
            ["arguments"] = TakesObjects ? call.Arguments.DeepClone() : call.ArgumentsText,
        },
    };

    private static SpelledCall Read(JsonNode? call, int message, int index)
    {
        var place = $"messages[{message}].tool_calls[{index}]";
        if (call?["function"] is not JsonObject function || (string?)function["name"] is not { } name)
        {
            throw new ArgumentException($"{place} has no function with a name");
        }

        var arguments = function["arguments"] switch
        {
            JsonObject given => (JsonObject)given.DeepClone(),
            JsonValue text when text.TryGetValue<string>(out var json) => Parse(json),
            null => [],
            _ => null,
        };
        return new(
            (string?)call["id"] ?? $"call_{message}_{index}", name,
            arguments
                ?? throw new ArgumentException($"{place}.function.arguments must be a JSON object, or text that holds one"));
    }

    private static JsonObject? Parse(string json)
    {
        try
        {
            return string.IsNullOrWhiteSpace(json) ? [] : JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonNode? content) => content switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonArray parts => string.Concat(parts.Select(part => (string?)part?["text"])),
        _ => SpelledCall.TextOf(content),
    };
}
