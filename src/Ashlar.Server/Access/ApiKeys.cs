using System.Security.Cryptography;
using System.Text;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Access;

/// <summary>The keys that open the server. How long a comparison takes tells nothing of a key, not even its length.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private const string Scheme = "Bearer ", AnthropicHeader = "x-api-key";

    private readonly byte[][] _digests = [.. keys.Select(Digest)];

    /// <summary>Checks a request's key, where keys are required, and tells whose it is.</summary>
    /// <exception cref="ApiException">It has none, or a wrong one.</exception>
    public Caller Require(HttpContext context)
    {
        if (_digests.Length == 0) return new(0);

        var key = KeyOf(context.Request.Headers);
        if (key is not null && Find(key) is >= 0 and var number) return new(number);

        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(new(
            401,
            ApiError.InvalidRequest,
            "invalid_api_key",
            key is not null
                ? "this API key is not one of the server's; check it"
                : "an API key is required; send it as 'Authorization: Bearer KEY', or as 'x-api-key: KEY'"));
    }

    private static string? KeyOf(IHeaderDictionary headers)
    {
        var header = headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        return headers.TryGetValue(AnthropicHeader, out var key) ? key.ToString().Trim() : null;
    }

    private int Find(string key)
    {
        var digest = Digest(key);
        var found = -1;
        for (var i = 0; i < _digests.Length; i++)
        {
            // Neither the number of comparisons nor what is done with their outcome depends on which key it is.
            var isKnown = CryptographicOperations.FixedTimeEquals(digest, _digests[i]) ? 1 : 0;
            found += isKnown * (i - found);
        }

        return found;
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
