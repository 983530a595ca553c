using System.CommandLine;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ashlar.Cli.Arguments;

/// <summary>
/// The option of <c>serve</c> that says where spans go, by OpenTelemetry's protocol (OTLP). The variables of its specification
/// say the rest: <c>OTEL_SERVICE_NAME</c>, <c>OTEL_EXPORTER_OTLP_*</c>, <c>OTEL_TRACES_SAMPLER</c> and others.
/// </summary>
internal sealed class TracingArguments
{
    private const string DefaultService = "ashlar";

    private static readonly string[] Sources = ["Ashlar.Server", "Ashlar.Engine"];

    private readonly Option<Uri?> _endpoint = new("--otlp-traces-endpoint")
    {
        Description = "A collector that takes traces by OTLP: http://HOST:4317 (gRPC), or http://HOST:4318/v1/traces (HTTP)",
        HelpName = "URL",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
            result.AddError($"--otlp-traces-endpoint is '{text}'; it must be a URL that begins with http:// or https://");
            return null;
        },
    };

    public void AddTo(Command command) => command.Add(_endpoint);

    /// <summary>Begins to send spans, where the option or a variable names a collector; sends what is left when it is
    /// disposed.</summary>
    /// <exception cref="UsageException">A variable has what it cannot have.</exception>
    public TracerProvider? Start(ParseResult arguments)
    {
        var endpoint = arguments.GetValue(_endpoint) ?? EndpointOfVariables();
        var isWanted = endpoint is not null || Variable("OTEL_EXPORTER_OTLP_ENDPOINT") is not null;
        if (!isWanted || Variable("OTEL_TRACES_EXPORTER") is "none") return null;
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(static resource => // the last that names the service counts
                resource.Clear().AddTelemetrySdk().AddService(DefaultService).AddEnvironmentVariableDetector())
            .AddSource(Sources)
            .AddOtlpExporter(exporter => Set(exporter, endpoint))
            .Build();
    }

    // The exporter reads the variables for all signals itself, those for traces alone it does not.
    private static void Set(OtlpExporterOptions exporter, Uri? endpoint)
    {
        if (Variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS") is { } headers) exporter.Headers = headers;
        if (endpoint is null) return;
        exporter.Endpoint = endpoint;
        exporter.Protocol = (Variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? Variable("OTEL_EXPORTER_OTLP_PROTOCOL")) switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            // Collectors take HTTP at this path; without it gRPC is meant, as with vLLM.
            null when endpoint.AbsolutePath.EndsWith("/v1/traces", StringComparison.Ordinal) => OtlpExportProtocol.HttpProtobuf,
            null => OtlpExportProtocol.Grpc,
            var other => throw new UsageException($"the protocol of OTLP is '{other}'; it must be grpc or http/protobuf"),
        };
    }

    private static Uri? EndpointOfVariables()
    {
        const string Name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        if (Variable(Name) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"{Name} is '{text}'; it must be a URL that begins with http:// or https://");
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
