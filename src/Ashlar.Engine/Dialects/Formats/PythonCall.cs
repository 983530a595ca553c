using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ashlar.Engine.Dialects;

/// <summary>A call of one of Llama's own tools, <c>brave_search.call(query="...")</c>.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments, a JSON object.</param>
internal sealed partial record PythonCall(string Name, string Arguments)
{
    /// <summary>Reads a call; null where the text is none.</summary>
    public static PythonCall? TryParse(string text)
    {
        var head = Head().Match(text);
        if (!head.Success || !text.EndsWith(')')) return null;
        var arguments = new JsonObject();
        var at = head.Length;
        while (at < text.Length - 1)
        {
            var argument = Argument().Match(text, at, text.Length - 1 - at);
            if (!argument.Success || argument.Index != at) return null;
            arguments[argument.Groups["key"].Value] = ValueOf(argument);
            at += argument.Length;
        }

        return new(head.Groups["name"].Value, arguments.ToJsonString());
    }

    private static JsonValue ValueOf(Match argument)
    {
        if (argument.Groups["text"].Success) return JsonValue.Create(Unescape(argument.Groups["text"].Value));
        return argument.Groups["word"].Value switch
        {
            "True" => JsonValue.Create(true),
            "False" => JsonValue.Create(false),
            var number => JsonValue.Create(double.Parse(number, CultureInfo.InvariantCulture)),
        };
    }

    private static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] != '\\' ? text[i] : text[++i] switch { 'n' => '\n', 't' => '\t', var other => other });
        }

        return result.ToString();
    }

    [GeneratedRegex(@"^(?<name>[\w-]+)\.call\(", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Head();

    [GeneratedRegex(
        """\s*(?<key>\w+)\s*=\s*("(?<text>([^"\\]|\\.)*)"|(?<word>True|False|-?[0-9]{1,15}(\.[0-9]{1,15})?))\s*(,|$)""",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Argument();
}
