using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ashlar.Server;

namespace Ashlar.Cli.Arguments;

/// <summary>The options of <c>serve</c> that say where it listens, whom it serves, and how much.</summary>
internal sealed class ServerArguments
{
    private const string KeyVariable = "ASHLAR_API_KEY", PasswordVariable = "ASHLAR_TLS_PASSWORD";
    private const int MostGraceSeconds = 24 * 60 * 60;

    private readonly Option<string?> _host = new("--host")
    {
        Description = "The address to listen on; 0.0.0.0 is every network [default: 127.0.0.1, this machine alone]",
        HelpName = "ADDRESS",
    };

    private readonly Option<int?> _port = NumberOption.Create<int>(
        ["--port"], "from 0 to 65535", number => number is >= 0 and <= 65535,
            "The TCP port; 0 takes one that is free [default: 8000]");

    private readonly Option<string[]> _keys = new("--api-key")
    {
        Description = $"A key that requests must carry, may be given several times; {KeyVariable} hides it from other users",
        HelpName = "KEY",
    };

    private readonly Option<int?> _requests = NumberOption.Count(["--requests-per-minute"],
        "Requests that each key may send in a minute");

    private readonly Option<int?> _tokens = NumberOption.Count(
        ["--tokens-per-minute"], "Tokens of prompts and answers that each key may use in a minute");

    private readonly Option<string[]> _origins = new("--cors")
    {
        Description = "An origin whose web pages may ask the server, may be given several times; * is every one [default: none]",
        HelpName = "ORIGIN",
    };

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = $"A certificate to speak HTTPS by: PEM, or PFX with its key; {PasswordVariable} has its password, if it has one",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--tls-key")
    {
        Description = "The certificate's private key, PEM",
        HelpName = "FILE",
    };

    private readonly Option<long?> _bytes = NumberOption.Create<long>(
        ["--max-request-bytes"], "1 or more", number => number >= 1, "The largest body of a request [default: 33554432]");

    private readonly Option<int?> _grace = NumberOption.Create<int>(
        ["--grace"],
        $"from 0 to {MostGraceSeconds}",
        number => number is >= 0 and <= MostGraceSeconds,
        "Seconds for which requests may go on when the server is asked to end [default: 10]");

    private readonly Option<bool> _content = new("--log-content") { Description = "Log prompts and answers as well" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_host, _port, _keys, _requests, _tokens, _origins, _certificate, _key, _bytes, _grace, _content])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for; what was not is as the server has it.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    /// <exception cref="InvalidDataException">The certificate cannot be read.</exception>
    public ServerOptions Read(ParseResult arguments)
    {
        var unset = new ServerOptions();
        return unset with
        {
            Clock = Clock.FromEnvironment(),
            Host = arguments.GetValue(_host) ?? unset.Host,
            Port = arguments.GetValue(_port) ?? unset.Port,
            ApiKeys = arguments.GetValue(_keys) is { Length: > 0 } given ? given : KeyOfEnvironment(),
            RequestsPerMinute = arguments.GetValue(_requests),
            TokensPerMinute = arguments.GetValue(_tokens),
            CorsOrigins = arguments.GetValue(_origins) ?? [],
            Certificate = Certificate(arguments.GetValue(_certificate), arguments.GetValue(_key)),
            MaxRequestBytes = arguments.GetValue(_bytes) ?? unset.MaxRequestBytes,
            GracePeriod = arguments.GetValue(_grace) is { } seconds ? TimeSpan.FromSeconds(seconds) : unset.GracePeriod,
            LogsContent = arguments.GetValue(_content),
        };
    }

    private static string[] KeyOfEnvironment() =>
        Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? [key] : [];

    private static X509Certificate2? Certificate(string? path, string? keyPath)
    {
        if (path is null) return keyPath is null ? null : throw new UsageException("--tls-key needs --tls-cert; give both");
        var isPfx = Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12";
        if (!isPfx && keyPath is null) throw new UsageException("--tls-cert needs --tls-key; give both, or a .pfx file");
        if (isPfx && keyPath is not null) throw new UsageException(
            "--tls-key is not for a .pfx file, which has its key; leave it out");
        var password = Environment.GetEnvironmentVariable(PasswordVariable);
        try
        {
            if (isPfx) return X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return password is null
                ? X509Certificate2.CreateFromPemFile(path, keyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"cannot read the certificate '{path}': {error.Message}", error);
        }
    }
}
