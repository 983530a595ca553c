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
    public TracerProvider? Start(ParseResult arguments)
    {
        var endpoint = arguments.GetValue(_endpoint);
        if (endpoint is null && !IsNamedByVariables()) return null;
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(static resource =>
                resource.Clear().AddTelemetrySdk().AddService(DefaultService).AddEnvironmentVariableDetector()) // the last one counts
            .AddSource(Sources)
            .AddOtlpExporter(exporter =>
            {
                if (endpoint is null) return;
                exporter.Endpoint = endpoint;
                if (ProtocolVariable() is null) exporter.Protocol = ProtocolOf(endpoint);
            })
            .Build();
    }

    // Collectors take HTTP at this path; without it gRPC is meant, as with vLLM.
    private static OtlpExportProtocol ProtocolOf(Uri endpoint) =>
        endpoint.AbsolutePath.EndsWith("/v1/traces", StringComparison.Ordinal)
            ? OtlpExportProtocol.HttpProtobuf
            : OtlpExportProtocol.Grpc;

    private static bool IsNamedByVariables() =>
        (Variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? Variable("OTEL_EXPORTER_OTLP_ENDPOINT")) is not null
        && Variable("OTEL_TRACES_EXPORTER") is not "none";

    private static string? ProtocolVariable() =>
        Variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? Variable("OTEL_EXPORTER_OTLP_PROTOCOL");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
