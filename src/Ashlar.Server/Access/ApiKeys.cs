using System.Security.Cryptography;
using System.Text;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>The keys that open the server. How long a comparison takes tells nothing of a key, not even its length.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private const string Scheme = "Bearer ";

    private readonly byte[][] _digests = [.. keys.Select(Digest)];

    /// <summary>Checks a request's key, where keys are required.</summary>
    /// <exception cref="ApiException">It has none, or a wrong one.</exception>
    public void Require(HttpContext context)
    {
        if (_digests.Length == 0) return;

        var header = context.Request.Headers.Authorization.ToString();
        var hasKey = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        if (hasKey && IsKnown(header[Scheme.Length..].Trim())) return;

        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(new(
            401,
            ApiError.InvalidRequest,
            "invalid_api_key",
            hasKey
                ? "this API key is not one of the server's; check it"
                : "an API key is required; send it as 'Authorization: Bearer KEY'"));
    }

    private bool IsKnown(string key)
    {
        var digest = Digest(key);
        var isKnown = false;
        foreach (var known in _digests) isKnown |= CryptographicOperations.FixedTimeEquals(digest, known);
        return isKnown;
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
