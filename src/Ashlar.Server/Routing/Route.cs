using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Routing;

/// <summary>What answers a method at a path.</summary>
/// <param name="Method">The method; GET answers HEAD as well.</param>
/// <param name="Path">The path; may have one part in braces, as <c>/v1/models/{model}</c>, that stands for any text.</param>
/// <param name="Summary">What it does, in a few words.</param>
/// <param name="Invoke">Answers; takes what stood for the part in braces.</param>
internal sealed record Route(string Method, string Path, string Summary, Func<HttpContext, string, Task> Invoke)
{
    public Route(string method, string path, string summary, RequestDelegate invoke)
        : this(method, path, summary, (context, _) => invoke(context))
    {
    }

    /// <summary>Whether it answers without an API key as well.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it answers while the server waits for the last requests to end.</summary>
    public bool AnswersWhileDraining { get; init; }
}
