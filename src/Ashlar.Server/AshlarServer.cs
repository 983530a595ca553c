using System.Net;
using System.Runtime.InteropServices;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Catalog;
using Ashlar.Server.Hosting;
using Ashlar.Server.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server;

/// <summary>
/// Serves models over HTTP by the APIs of OpenAI (chat, completions, responses), Anthropic (messages) and Ollama, streamed or not,
/// with tokens, adapters and metrics as vLLM and llama.cpp have them. Fields that vLLM adds to requests are
/// understood; what is not supported is an error that names the field.
/// </summary>
public sealed class AshlarServer : IAsyncDisposable
{
    // How long connections may take to bring the last words to their clients once the requests have been ended.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private const int MostConnections = 10_000, LeastBodyBytesPerSecond = 240;

    private readonly WebApplication _application;
    private readonly ModelCatalog _catalog;
    private readonly ServerLifetime _lifetime;
    private readonly ServerOptions _options;
    private readonly Lazy<Task> _stop;

    private AshlarServer(WebApplication application, ModelCatalog catalog, ServerLifetime lifetime, ServerOptions options)
    {
        (_application, _catalog, _lifetime, _options) = (application, catalog, lifetime, options);
        _stop = new(EndAsync);
        Address = new(application.Urls.First());
    }

    /// <summary>Where the server listens, with the port that it has got.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server of one model.</summary>
    /// <inheritdoc cref="StartAsync(IReadOnlyList{ServedModel}, ServerOptions?, CancellationToken)"/>
    /// <param name="engine">What runs the model; it must outlive the server, and is not disposed with it.</param>
    /// <param name="options">How the server is set up.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static Task<AshlarServer> StartAsync(
        InferenceEngine engine, ServerOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync([new ServedModel(engine)], options, cancellationToken);

    /// <summary>Starts a server; when the task completes, it listens.</summary>
    /// <param name="models">
    /// The models to serve, 1 or more. Engines that run must outlive the server, and are not disposed with it; those that it starts
    /// are.
    /// </param>
    /// <param name="options">How the server is set up.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, there is no model, two models or adapters have one name, or an engine has no room for an adapter.
    /// </exception>
    /// <exception cref="InvalidDataException">An adapter is damaged, or made for another model.</exception>
    /// <exception cref="NotSupportedException">An adapter is of a kind that is not computed.</exception>
    /// <exception cref="Models.Templates.TemplateException">A chat template that was given is not valid.</exception>
    /// <exception cref="IOException">
    /// The address cannot be listened on, as when the port is taken, or an adapter cannot be read; the message names it.
    /// </exception>
    public static async Task<AshlarServer> StartAsync(
        IReadOnlyList<ServedModel> models, ServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        var logger = options.LoggerFactory.CreateLogger<AshlarServer>();
        var catalog = new ModelCatalog(models, options, logger);
        var lifetime = new ServerLifetime(catalog);
        var pipeline = new Pipeline(
            new Router(RouteTable.Create(catalog, lifetime, options, logger)),
            new ApiKeys(options.ApiKeys),
            new CallerLimits(options),
            new CrossOrigin(options.CorsOrigins),
            lifetime,
            options.Clock,
            logger);

        var application = Build(options);
        application.Run(pipeline.InvokeAsync);
        try
        {
            await catalog.LoadGivenAsync(cancellationToken).ConfigureAwait(false);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new(application, catalog, lifetime, options);
        }
        catch (Exception exception)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            lifetime.Dispose();
            await catalog.DisposeAsync().ConfigureAwait(false);
            if (exception is not System.Net.Sockets.SocketException) throw;
            throw new IOException(
                $"cannot listen on {options.Host}, port {options.Port}: {exception.Message}; choose another", exception);
        }
    }

    /// <summary>
    /// Waits until the server is to end, and ends it as <see cref="StopAsync"/> does. Meanwhile SIGTERM and Ctrl-C ask it to end;
    /// a second Ctrl-C ends the process at once.
    /// </summary>
    /// <param name="cancellationToken">Asks the server to end as well.</param>
    /// <exception cref="InvalidOperationException">An engine has failed, and the process should end with an error.</exception>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken = default)
    {
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var cancelled = cancellationToken.Register(_lifetime.RequestStop);
        try
        {
            await _lifetime.End.ConfigureAwait(false);
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
        }

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = !_lifetime.End.IsCompleted; // a second one has its usual effect
            _lifetime.RequestStop();
        }
    }

    /// <summary>
    /// Takes no more requests, which <c>/ready</c> tells, lets those that run go on for the grace period, ends those that still
    /// run
    /// with an error, stops listening, and completes when all connections are closed.
    /// </summary>
    public Task StopAsync() => _stop.Value;

    /// <inheritdoc cref="StopAsync"/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _lifetime.Dispose();
        await _catalog.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        _lifetime.RequestStop();
        var drained = _lifetime.DrainAsync();
        using var graceOver = new CancellationTokenSource();
        var grace = Task.Delay(_options.GracePeriod, _options.Clock, graceOver.Token);
        if (await Task.WhenAny(drained, grace).ConfigureAwait(false) == grace) _lifetime.EndGrace();
        await graceOver.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync().ConfigureAwait(false);
    }

    // Nothing but what is set here configures the server: no environment variable, no file in the current folder.
    private static WebApplication Build(ServerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.AddProvider(new ForwardedLogs(options.LoggerFactory)).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // would begin an activity for each request
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.GracePeriod + LastWords);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignals>());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits, options);
            Listen(kestrel, options);
        });
        return builder.Build();
    }

    // Whoever opens connections and sends little over them costs little, and not for long. Responses that nobody reads are cut off
    // by Kestrel's own limit.
    private static void Limit(KestrelServerLimits limits, ServerOptions options)
    {
        limits.MaxRequestBodySize = options.MaxRequestBytes;
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = options.Patience;
        limits.MinRequestBodyDataRate = new(LeastBodyBytesPerSecond, options.Patience);
    }

    private static void Listen(KestrelServerOptions kestrel, ServerOptions options)
    {
        if (IPAddress.TryParse(options.Host, out var address))
        {
            kestrel.Listen(address, options.Port, Set);
        }
        else if (options.Host == "localhost" && options.Port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, 0, Set); // two addresses cannot be given one free port
        }
        else if (options.Host == "localhost")
        {
            kestrel.ListenLocalhost(options.Port, Set);
        }
        else
        {
            throw new ArgumentException($"Host is '{options.Host}'; it must be an IP address or 'localhost'");
        }

        void Set(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            if (options.Certificate is { } certificate) listen.UseHttps(certificate);
        }
    }
}
