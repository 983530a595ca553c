using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Conversation;
using Ashlar.Engine;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar chat</c>: a conversation on the terminal.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var model = ModelArgument.CreateOptional();
        var system = new Option<string?>("--system")
        {
            Description = "Instructions that go before the conversation",
            HelpName = "TEXT",
        };
        var template = TemplateOption.Create();
        var maxTokens = NumberOption.Count(
            ["-n", "--max-tokens"], "The most tokens of an answer [default: until the model ends, or the context is full]");
        var (sampling, engine) = (new SamplingArguments(), new EngineArguments());

        var command = new Command(
            "chat",
            "Talk with a model, line by line; /clear forgets, /system TEXT instructs, /exit ends, and Ctrl-C ends an answer.")
        {
            model, system, template, maxTokens,
        };
        sampling.AddTo(command);
        engine.AddTo(command);
        command.SetAction(async arguments =>
        {
            var given = arguments.GetValue(model);
            var templateText = TemplateOption.Read(arguments, template);
            using var opened = ModelArgument.OpenToRun(given ?? BuiltInModel.Find());
            RequireTemplate(opened.Name, templateText is not null || opened.Tokenizer is null || opened.ChatTemplate is not null);
            using var inference = engine.Start(opened, arguments);
            var options = new AshlarChatClientOptions { Template = templateText, Clock = Clock.FromEnvironment() };
            using var client = new AshlarChatClient(inference, options);
            var session = new ChatSession(client, sampling.Read(arguments), arguments.GetValue(maxTokens))
            {
                System = arguments.GetValue(system),
            };
            if (given is null) BuiltInModel.Introduce();
            await session.RunAsync().ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static void RequireTemplate(string model, bool hasTemplate)
    {
        if (hasTemplate) return;
        throw new NotSupportedException(
            $"model '{model}' has no chat template; give one with --template FILE, " +
            "for instance a file with {{ bos_token }}{{ messages[-1].content }}, which continues the last message");
    }
}
