using System.CommandLine;
using System.Text;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Streams;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar tokenize</c>: the token ids of a text.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var text = new Argument<string?>("TEXT") { Description = "The text", Arity = ArgumentArity.ZeroOrOne, HelpName = "TEXT" };
        var stdin = new Option<bool>("--stdin") { Description = "Take the text from standard input, byte for byte" };
        var json = new Option<bool>("--json") { Description = "Print one JSON array" };
        var special = new Option<bool>("--special") { Description = "Add the special tokens that the model wants around a text" };
        var parseSpecial = new Option<bool>("--parse-special")
        {
            Description = "Read special tokens in the text as such, not as text",
        };

        var command = new Command("tokenize", "Print the token ids of a text: on one line, with spaces between them.")
        {
            model, text, stdin, json, special, parseSpecial,
        };
        command.SetAction(arguments =>
        {
            var bytes = (arguments.GetValue(text), arguments.GetValue(stdin)) switch
            {
                ({ } given, false) => Encoding.UTF8.GetBytes(given),
                (null, true) => StandardInput.ReadBytes(),
                (null, false) => throw new UsageException("TEXT is missing; give a text, or --stdin"),
                _ => throw new UsageException("TEXT and --stdin are both given; give one of them"),
            };
            var tokenizer = TokenizerSource.Read(arguments.GetRequiredValue(model));
            var ids = tokenizer.Encode(bytes, arguments.GetValue(special), arguments.GetValue(parseSpecial));
            StandardOutput.Writer.WriteLine(arguments.GetValue(json) ? $"[{string.Join(",", ids)}]" : string.Join(' ', ids));
            return ExitCode.Done;
        });
        return command;
    }
}
