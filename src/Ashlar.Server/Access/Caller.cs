using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ashlar.Server.Access;

/// <summary>Who sent a request: which of the server's keys it carries. What one caller stores, no other sees.</summary>
/// <param name="Key">The number of the key, from 0; 0 where the server has none.</param>
internal sealed record Caller(int Key)
{
    /// <summary>The name by which the engine is fair between callers.</summary>
    public string Tenant => Key.ToString(CultureInfo.InvariantCulture);

    public static Caller Of(HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
