using System.CommandLine;
using System.Text.Json;
using Ashlar.Cli.Streams;
using Ashlar.Models.Templates;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar template</c>: the prompt that a chat template makes.</summary>
internal static class TemplateCommand
{
    public static Command Create()
    {
        var file = new Option<string>("--file", "-f")
        {
            Description = "The template, in Jinja",
            HelpName = "FILE",
            Required = true,
        };
        var input = new Option<string>("--input", "-i")
        {
            Description = "A JSON object: the template's variables",
            HelpName = "FILE",
            Required = true,
        };

        var command = new Command("template", "Render a chat template: exactly the prompt goes to standard output.")
        {
            file, input,
        };
        command.SetAction(arguments =>
        {
            var (templatePath, inputPath) = (arguments.GetRequiredValue(file), arguments.GetRequiredValue(input));
            var source = InputFile.ReadText(templatePath, InputFile.TemplateBytes);
            var template = Named(templatePath, () => ChatTemplate.Parse(source));
            var values = InputFile.ReadBytes(inputPath, InputFile.TemplateBytes);
            using var variables = Named(inputPath, () => JsonDocument.Parse(values));
            if (variables.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException(
                    $"'{inputPath}' holds a JSON {variables.RootElement.ValueKind}; "
                    + "it must be an object: the template's variables");
            }

            var clock = Clock.FromEnvironment();
            StandardOutput.Writer.Write(Named(templatePath, () => template.Render(variables.RootElement, clock)));
            return ExitCode.Done;
        });
        return command;
    }

    // Errors of the parsers say the place in the file, not the file.
    private static T Named<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is JsonException or TemplateException)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }
}
