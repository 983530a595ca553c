using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Routing;

/// <summary>What answers a path.</summary>
/// <param name="Method">The one method that it takes.</param>
/// <param name="Invoke">Answers.</param>
/// <param name="IsOpen">Whether it answers without an API key as well.</param>
internal sealed record Route(string Method, RequestDelegate Invoke, bool IsOpen = false);
