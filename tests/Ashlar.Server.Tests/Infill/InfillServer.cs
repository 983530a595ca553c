using Ashlar.Engine;
using Ashlar.Models.Gguf;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Infill;

/// <summary>
/// A server of the model of stories, whose file was given tokens to fill in by. It knows nothing of them; what is asked of it is
/// right all the same.
/// </summary>
public sealed class InfillServer : IAsyncLifetime
{
    public const int Prefix = 4, Suffix = 5, Middle = 6, Repository = 7, File = 8;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"ashlar-infill-{Guid.NewGuid():N}.gguf");

    public InferenceEngine Engine { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    private AshlarServer? Server { get; set; }

    public async ValueTask InitializeAsync()
    {
        if (!Conformance.IsPresent) return;
        Write(_path);
        Engine = Load();
        Server = await AshlarServer.StartAsync([new(Engine) { Name = "filler", ChatTemplate = StoriesServer.Template }], new() { Port = 0 });
        Client = new() { BaseAddress = Server.Address };
    }

    public InferenceEngine Load(EngineOptions? options = null) =>
        InferenceEngine.Load(_path, options ?? new() { Threads = 1, ContextLength = 4000 });

    public async ValueTask DisposeAsync()
    {
        if (Server is null) return;
        Client.Dispose();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
        System.IO.File.Delete(_path);
    }

    private static void Write(string path)
    {
        using var model = GgufFile.Open(Conformance.Path("stories260k", "stories260K.gguf"));
        var writer = new GgufWriter();
        writer.Add(model.Metadata);
        writer.Add("tokenizer.ggml.prefix_token_id", (uint)Prefix); // as older files have them
        writer.Add("tokenizer.ggml.fim_suf_token_id", (uint)Suffix);
        writer.Add("tokenizer.ggml.fim_mid_token_id", (uint)Middle);
        writer.Add("tokenizer.ggml.fim_rep_token_id", (uint)Repository);
        writer.Add("tokenizer.ggml.fim_sep_token_id", (uint)File);
        foreach (var tensor in model.Tensors.Values) writer.AddTensor(tensor);
        writer.Write(path);
    }
}
