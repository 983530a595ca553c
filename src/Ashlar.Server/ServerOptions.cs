using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ashlar.Server;

/// <summary>How a server is set up.</summary>
public sealed record ServerOptions
{
    /// <summary>The longest time for which an idle model's end can be planned.</summary>
    internal static readonly TimeSpan LongestIdle = TimeSpan.FromDays(40);

    /// <summary>
    /// The address to listen on: an IP address, or <c>localhost</c>. By default <c>127.0.0.1</c>, which only this machine
    /// reaches; <c>0.0.0.0</c> or <c>::</c> is every network.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port: 1 to 65535, or 0 for any that is free (<see cref="AshlarServer.Address"/> tells which).</summary>
    public int Port { get; init; } = 8000;

    /// <summary>
    /// Keys of which requests must carry one, as <c>Authorization: Bearer KEY</c>; all but <c>/health</c> and <c>/version</c>.
    /// None by default: everyone is served who reaches the address.
    /// </summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// Requests that each key may send in a minute, 1 or more; those over it get 429. Without keys, all callers together. Unset,
    /// by
    /// default: no limit.
    /// </summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>
    /// Tokens of prompts and answers that each key may use in a minute, 1 or more; those over it get 429. They are counted when a
    /// request ends. Without keys, all callers together. Unset, by default: no limit.
    /// </summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>
    /// Origins of web pages that may ask the server from a browser, as <c>https://example.org</c>; <c>*</c> is every one. None by
    /// default.
    /// </summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// The certificate, with its private key, by which the server speaks HTTPS and only that. None by default: HTTP. It must
    /// outlive
    /// the server, and is not disposed with it.
    /// </summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether the log tells prompts and answers as well. Off by default.</summary>
    public bool LogsContent { get; init; }

    /// <summary>
    /// The folder from which requests may load adapters, by <c>/v1/load_lora_adapter</c>: nothing outside of it is read, links
    /// followed. Unset, by default: requests load none.
    /// </summary>
    public string? AdapterFolder { get; init; }

    /// <summary>
    /// The memory in bytes, 1 or more, that models which are loaded on demand may take together: <see cref="ServedModel.Bytes"/> of
    /// each. Those that nobody uses make room for others, least recently used first. Unset, by default: no limit.
    /// </summary>
    public long? MaxLoadedBytes { get; init; }

    /// <summary>
    /// How long a model that was loaded on demand stays when nobody uses it, 0 to 40 days; a request by Ollama's protocol may say
    /// otherwise of its own (<c>keep_alive</c>). 0, the default: as long as its memory is not needed.
    /// </summary>
    public TimeSpan IdleUnload { get; init; }

    /// <summary>The largest body of a request in bytes, 1 or more. By default 32 MiB.</summary>
    public long MaxRequestBytes { get; init; } = 32L << 20;

    /// <summary>
    /// How long requests that run may go on after the server was asked to stop, 0 to a day. Then they end with an error. By
    /// default 10 seconds.
    /// </summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the server logs to: a line for each request, without prompts and answers. By default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// What chat templates read the date from, answers their time, and the log its durations. The system's by default.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// How long the head of a request may take to come, and how long its body may come more slowly than 240 bytes a second.
    /// </summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Checks every field.</summary>
    /// <exception cref="ArgumentException">
    /// A field is out of its range; the message names it, its value and the range.
    /// </exception>
    internal void Validate()
    {
        if (Port is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"Port is {Port}; it must be from 0 to {ushort.MaxValue}");
        }

        if (MaxRequestBytes < 1) throw new ArgumentException($"MaxRequestBytes is {MaxRequestBytes}; it must be 1 or more");
        if (GracePeriod < TimeSpan.Zero || GracePeriod > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"GracePeriod is {GracePeriod}; it must be from 0 to a day");
        }

        if (MaxLoadedBytes < 1) throw new ArgumentException($"MaxLoadedBytes is {MaxLoadedBytes}; it must be 1 or more");
        if (IdleUnload < TimeSpan.Zero || IdleUnload > LongestIdle)
        {
            throw new ArgumentException($"IdleUnload is {IdleUnload}; it must be from 0 to {LongestIdle.Days} days");
        }

        if (RequestsPerMinute < 1) throw new ArgumentException($"RequestsPerMinute is {RequestsPerMinute}; it must be 1 or more");
        if (TokensPerMinute < 1) throw new ArgumentException($"TokensPerMinute is {TokensPerMinute}; it must be 1 or more");
        foreach (var origin in CorsOrigins) CheckOrigin(origin);
        if (AdapterFolder is { } folder && !Directory.Exists(folder))
        {
            throw new ArgumentException($"AdapterFolder is '{folder}', and there is no such folder");
        }

        if (Certificate is { HasPrivateKey: false }) throw new ArgumentException(
            "Certificate has no private key; give one that has");

        if (ApiKeys.Any(static key => key.Length == 0 || key.Any(static c => c is <= ' ' or > '~')))
        {
            throw new ArgumentException(
                "an API key is empty or has characters that no header carries; use visible ASCII without spaces");
        }
    }

    private static void CheckOrigin(string origin)
    {
        var isOrigin = origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(origin,
                StringComparison.OrdinalIgnoreCase));
        if (!isOrigin) throw new ArgumentException(
            $"'{origin}' in CorsOrigins is no origin; give one such as https://example.org, or *");
    }
}
