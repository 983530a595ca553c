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
        var adapters = new AdapterArguments();

        var command = new Command("serve", "Serve models over HTTP, by the APIs of OpenAI, Anthropic and Ollama.")
        {
            models, template,
        };
        server.AddTo(command);
        engine.AddTo(command);
        serving.AddTo(command);
        adapters.AddTo(command);
        command.SetAction(arguments =>
        {
            var paths = arguments.GetValue(models) ?? [];
            if (paths.Length == 0) throw new UsageException("MODEL is missing; give the path of one model or more");
            var options = server.Read(arguments) with { AdapterFolder = adapters.Folder(arguments) };
            var chat = TemplateOption.Read(arguments, template);
            return Serve(paths, names => adapters.Read(arguments, names), Start, chat, options, serving.OpenDraft(arguments));

            InferenceEngine Start(LanguageModel opened, LanguageModel? draft, int given)
            {
                try
                {
                    var unset = adapters.Read(arguments, engine.Read(opened, arguments), given);
                    return new(opened, serving.Read(arguments, unset, draft));
                }
                catch (ArgumentException error)
                {
                    throw new UsageException(error.Message);
                }
            }
        });
        return command;
    }

    private static async Task<int> Serve(
        string[] paths, Func<IReadOnlyList<string>, ILookup<string, ServedAdapter>> adaptersOf,
        Func<LanguageModel, LanguageModel?, int, InferenceEngine> start, string? template, ServerOptions options, LanguageModel? draft)
    {
        var interrupt = Interrupts.Take();
        var (opened, engines) = (new List<LanguageModel>(), new List<InferenceEngine>());
        try
        {
            foreach (var path in paths) opened.Add(ModelArgument.OpenToRun(path));
            var adapters = adaptersOf([.. opened.Select(model => model.Name)]);
            foreach (var model in opened) engines.Add(start(model, draft, adapters[model.Name].Count()));

            using var logs = LoggerFactory.Create(Configure);
            var served = engines.Select(engine => new ServedModel(engine)
            {
                ChatTemplate = template,
                Adapters = [.. adapters[engine.Model.Name]],
            }).ToArray();
            await using var server = await Listen(served, options with { LoggerFactory = logs }, interrupt).ConfigureAwait(false);
            StandardError.WriteLine($"serving {string.Join(", ", opened.Select(model => model.Name))} on {server.Address}");
            await server.WaitForShutdownAsync(interrupt).ConfigureAwait(false);
        }
        finally
        {
            foreach (var engine in engines) await engine.DisposeAsync().ConfigureAwait(false);
            foreach (var model in opened) model.Dispose();
            draft?.Dispose();
        }

        return interrupt.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static async Task<AshlarServer> Listen(ServedModel[] models, ServerOptions options, CancellationToken interrupt)
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
