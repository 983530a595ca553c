using System.Reflection;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Health;

/// <summary><c>/version</c>: which version of the server this is.</summary>
internal static class VersionEndpoint
{
    // The build appends the commit after a plus sign.
    public static readonly string Version = typeof(VersionEndpoint).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Task GetAsync(HttpContext context) => JsonOutput.WriteAsync(
        context,
        200,
        static json =>
        {
            json.WriteStartObject();
            json.WriteString("version"u8, Version);
            json.WriteEndObject();
        },
        context.RequestAborted);
}
