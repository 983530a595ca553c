using System.Text.Json;
using System.Text.RegularExpressions;
using Ashlar.Engine.Dialects;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Conversations;

/// <summary>Reads the tools that a model may call, and whether it may or must.</summary>
internal static partial class ToolFields
{
    private const string Tools = "tools", Choice = "tool_choice";
    private const int MostTools = 128;

    /// <summary>Reads <c>tools</c>; each by its protocol's own form.</summary>
    /// <returns>The tools, and whether one of them is strict.</returns>
    public static (IReadOnlyList<ChatTool> Tools, bool IsStrict) Read(
        RequestFields fields, Func<RequestFields, (ChatTool Tool, bool IsStrict)> readOne)
    {
        const string Expected = "an array of tools";
        if (fields.Array(Tools, Expected) is not { } json) return ([], false);
        if (json.GetArrayLength() > MostTools) throw FieldErrors.TooMany(Tools, json.GetArrayLength(),
            $"at most {MostTools} tools");
        var (tools, isStrict) = (new List<ChatTool>(), false);
        foreach (var (index, value) in json.EnumerateArray().Index())
        {
            var tool = ContentParts.Object(value, $"{Tools}[{index}]", "an object that describes a tool");
            var (read, isStrictOne) = readOne(tool);
            tools.Add(read);
            isStrict |= isStrictOne;
            tool.RefuseUnread();
            if (tools.FindIndex(other => other.Name == tools[^1].Name) < index)
            {
                throw FieldErrors.WrongValue($"{Tools}[{index}]", $"a second tool named '{tools[^1].Name}'",
                    "one of another name");
            }
        }

        return (tools, isStrict);
    }

    /// <summary>A tool of OpenAI's chat, and of Ollama's: <c>{"type": "function", "function": {...}}</c>.</summary>
    public static (ChatTool Tool, bool IsStrict) ReadNested(RequestFields tool)
    {
        RequireFunction(tool);
        const string Expected = "an object with a name";
        var json = tool.Object("function", Expected) ?? throw FieldErrors.Missing(tool.PathOf("function"), Expected);
        var function = new RequestFields(json, tool.PathOf("function"));
        var read = ReadFunction(function, "parameters");
        function.RefuseUnread();
        return read;
    }

    /// <summary>A tool of OpenAI's responses: <c>{"type": "function", "name": ...}</c>.</summary>
    public static (ChatTool Tool, bool IsStrict) ReadFlat(RequestFields tool)
    {
        RequireFunction(tool);
        return ReadFunction(tool, "parameters");
    }

    /// <summary>The fields of a function.</summary>
    /// <param name="function">The object that has them.</param>
    /// <param name="parameters">What the protocol calls the schema of the arguments.</param>
    public static (ChatTool Tool, bool IsStrict) ReadFunction(RequestFields function, string parameters)
    {
        const string Expected = "1 to 128 letters, digits, '_', '-' and '.'";
        var name = function.Text("name") ?? throw FieldErrors.Missing(function.PathOf("name"), Expected);
        if (!Name().IsMatch(name)) throw FieldErrors.WrongValue(function.PathOf("name"), "another text", Expected);
        var tool = new ChatTool(name, function.Text("description"), function.Object(parameters, "a JSON schema"));
        return (tool, function.Boolean("strict") ?? false);
    }

    /// <summary>Reads <c>tool_choice</c> as OpenAI has it: a word, or the name of a function.</summary>
    public static ToolChoice ReadChoice(RequestFields fields, IReadOnlyList<ChatTool> tools)
    {
        const string Expected = "none, auto, required, or an object that names a function";
        switch (fields.Take(Choice))
        {
            case null:
                return tools.Count > 0 ? ToolChoice.Auto : ToolChoice.None;
            case { ValueKind: JsonValueKind.String } word:
                return fields.OneOf(Choice, "none", "auto", "required") switch
                {
                    "none" => ToolChoice.None,
                    "auto" => tools.Count > 0 ? ToolChoice.Auto : throw NoTools(),
                    _ => Must(tools, ToolChoice.Required),
                };
            case { ValueKind: JsonValueKind.Object } json:
                var choice = new RequestFields(json, Choice);
                if (choice.Text("type") is not (null or "function")) throw FieldErrors.Unsupported(choice.PathOf("type"),
                    "name a function");
                var named = choice.Object("function", "an object with a name") is { } function
                    ? new RequestFields(function, choice.PathOf("function"))
                    : choice;
                var name = named.Text("name") ?? throw FieldErrors.Missing(named.PathOf("name"), "the name of a tool");
                choice.RefuseUnread();
                return Must(tools, ToolChoice.Named(name));
            case { } value:
                throw FieldErrors.WrongType(Choice, value.Describe(), Expected);
        }
    }

    /// <summary>A choice by which a tool must be called.</summary>
    /// <exception cref="ApiException">There is no such tool.</exception>
    public static ToolChoice Must(IReadOnlyList<ChatTool> tools, ToolChoice choice)
    {
        if (tools.Count == 0) throw NoTools();
        if (choice.Name is { } name && tools.All(tool => tool.Name != name))
        {
            throw FieldErrors.WrongValue(Choice, $"'{name}'", "the name of one of the tools");
        }

        return choice;
    }

    private static ApiException NoTools() =>
        FieldErrors.WrongValue(Choice, "given, and there are no tools", "'none', or there tools");

    private static void RequireFunction(RequestFields tool)
    {
        var type = tool.Text("type") ?? throw FieldErrors.Missing(tool.PathOf("type"), "'function'");
        if (type != "function") throw FieldErrors.Unsupported(tool.PathOf("type"), "tools are of type 'function' here");
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,128}$")]
    private static partial Regex Name();
}
