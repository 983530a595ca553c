using System.CommandLine;
using Ashlar.Cli.Streams;

namespace Ashlar.Cli.Arguments;

/// <summary>The option that gives a chat template, for models that have none, or in place of theirs.</summary>
internal static class TemplateOption
{
    public static Option<string?> Create() => new("--template", "--chat-template")
    {
        Description = "A file with the chat template, in Jinja, to use in place of the model's",
        HelpName = "FILE",
    };

    /// <summary>The template's text; null where none was given.</summary>
    public static string? Read(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) is { } path ? InputFile.ReadText(path, InputFile.TemplateBytes) : null;
}
