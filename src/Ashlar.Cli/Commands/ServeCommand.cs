using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar serve</c>: the HTTP API.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var models = ModelArgument.CreateMany();
        var server = new ServerArguments();
        var template = TemplateOption.Create();
        var engine = new EngineArguments();
        var serving = new ServingArguments();
        var tracing = new TracingArguments();
        var adapters = new AdapterArguments();
        var loading = new LoadingArguments();

        var command = new Command("serve", "Serve models over HTTP, by the APIs of OpenAI, Anthropic and Ollama.")
        {
            models, template,
        };
        server.AddTo(command);
        engine.AddTo(command);
        serving.AddTo(command);
        tracing.AddTo(command);
        loading.AddTo(command);
        adapters.AddTo(command);
        command.SetAction(async arguments =>
        {
            var named = arguments.GetValue(models) ?? [];
            string[] paths = named.Length > 0 ? named : [BuiltInModel.Find()];
            var options = loading.Read(arguments, server.Read(arguments)) with { AdapterFolder = adapters.Folder(arguments) };
            var chat = TemplateOption.Read(arguments, template);
            var interrupt = Interrupts.Take();
            using var traces = tracing.Start(arguments);
            using var draft = serving.OpenDraft(arguments);
            await using var served = new ServedModels(chat, names => adapters.Read(arguments, names), Options);
            if (loading.AreOnDemand(arguments)) served.Add(paths);
            else served.Open(paths);
            await Serve(served.Models, options, isBuiltIn: named.Length == 0, interrupt).ConfigureAwait(false);
            return interrupt.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;

            EngineOptions Options(LanguageModel opened, int given) =>
                serving.Read(arguments, adapters.Read(arguments, engine.Read(opened, arguments), given), draft);
        });
        return command;
    }

    private static async Task Serve(
        IReadOnlyList<ServedModel> models, ServerOptions options, bool isBuiltIn, CancellationToken interrupt)
    {
        using var logs = LoggerFactory.Create(Configure);
        await using var server = await Listen(models, options with { LoggerFactory = logs }, interrupt).ConfigureAwait(false);
        if (isBuiltIn) BuiltInModel.Introduce();
        StandardError.WriteLine($"serving {string.Join(", ", models.Select(model => model.Name))} on {server.Address}");
        await server.WaitForShutdownAsync(interrupt).ConfigureAwait(false);
    }

    private static async Task<AshlarServer> Listen(
        IReadOnlyList<ServedModel> models, ServerOptions options, CancellationToken interrupt)
    {
        try
        {
            return await AshlarServer.StartAsync(models, options, interrupt).ConfigureAwait(false);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
        catch (IOException error) when (error is not FileNotFoundException)
        {
            throw new IOException($"{error.Message.TrimEnd('.')}; give another --port, or --host", error);
        }
    }

    // What keeps the host from starting is reported as an error of the command.
    private static void Configure(ILoggingBuilder logs)
    {
        logs.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "yyyy-MM-dd HH:mm:ss "));
        logs.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logs.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
