using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Streams;
using Ashlar.Engine;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar run</c>: a completion to standard output, and nothing else there.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var prompt = new Argument<string?>("PROMPT")
        {
            Description = "The text to continue; where it is absent, standard input",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "PROMPT",
        };
        var maxTokens = NumberOption.Create<int>(
            ["-n", "--max-tokens"], "0 or more", count => count >= 0,
            "The most tokens to generate [default: until the model ends, or the context is full]");
        var stop = new Option<string[]>("--stop")
        {
            Description = "Text at which to end, without it; may be given several times",
            HelpName = "TEXT",
        };
        var ignoreEnd = new Option<bool>("--ignore-eos") { Description = "Go on where the model would end" };
        var parseSpecial = new Option<bool>("--parse-special")
        {
            Description = "Read special tokens in the prompt as such, not as text",
        };
        var (sampling, engine) = (new SamplingArguments(), new EngineArguments());

        var command = new Command("run", "Continue a text: the continuation alone goes to standard output, as it is generated.")
        {
            model, prompt, maxTokens, stop, ignoreEnd, parseSpecial,
        };
        sampling.AddTo(command);
        engine.AddTo(command);
        command.SetAction(async arguments =>
        {
            var text = arguments.GetValue(prompt) ?? StandardInput.ReadPrompt();
            var interrupt = Interrupts.Take();
            using var opened = ModelArgument.OpenToRun(arguments.GetRequiredValue(model));
            var tokenizer = ModelArgument.TokenizerOf(opened);
            using var inference = engine.Start(opened, arguments);
            await Run(inference, new GenerationRequest
            {
                PromptTokens = tokenizer.Encode(text, addSpecial: true, arguments.GetValue(parseSpecial)),
                MaxTokens = arguments.GetValue(maxTokens),
                Sampling = sampling.Read(arguments),
                Stop = arguments.GetValue(stop) ?? [],
                IgnoreEndOfSequence = arguments.GetValue(ignoreEnd),
            }, interrupt).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task Run(InferenceEngine engine, GenerationRequest request, CancellationToken interrupt)
    {
        try
        {
            await foreach (var update in engine.GenerateAsync(request, interrupt).ConfigureAwait(false))
            {
                if (update.Text.Length > 0) StandardOutput.WriteThrough(update.Text);
            }
        }
        finally
        {
            StandardOutput.EndLineOnTerminal();
        }
    }
}
