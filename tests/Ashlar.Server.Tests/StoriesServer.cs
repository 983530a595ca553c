using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests;

/// <summary>
/// A real server on loopback that serves a real, published model, small enough for tests; one for a class of tests.
/// </summary>
public class StoriesServer : IAsyncLifetime
{
    /// <summary>
    /// Lets the model, which only continues text, answer: it continues the last message. Refuses what a strict template
    /// would.
    /// </summary>
    public const string Template =
        "{% if messages[0].role == 'tool' %}{{ raise_exception('a tool speaks first') }}{% endif %}" +
        "{{ bos_token }}{% for message in messages %}{{ prefix }}{{ message.content }}{% endfor %}";

    private static readonly string ModelPath = Path.Combine("stories260k", "stories260K.gguf");

    /// <summary>The model's greedy continuation of nothing: 200 tokens.</summary>
    public static string Expected => File.ReadAllText(Conformance.Path("stories260k", "expected.txt"));

    // Where the model is absent, whoever asks for one of these is skipped: a fixture cannot be.
    public InferenceEngine Engine
    {
        get => Present(field);
        private set;
    }

    public AshlarServer Server
    {
        get => Present(field);
        private set;
    }

    public HttpClient Client
    {
        get => Present(field);
        private set;
    }

    protected virtual ServerOptions Options => new() { Port = 0 };

    public static InferenceEngine LoadEngine(EngineOptions? options = null) =>
        InferenceEngine.Load(Conformance.Path(ModelPath), options ?? new() { Threads = 1 });

    public async ValueTask InitializeAsync()
    {
        if (!Conformance.IsPresent) return;
        Engine = LoadEngine();
        Server = await AshlarServer.StartAsync([new(Engine) { ChatTemplate = Template }], Options);
        Client = new() { BaseAddress = Server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!Conformance.IsPresent) return;
        Client.Dispose();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
    }

    private static T Present<T>(T? part) where T : class =>
        part ?? throw new InvalidOperationException(Conformance.Path(ModelPath));
}
