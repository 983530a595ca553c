using System.Text.Json.Serialization;
using Ashlar.Cli.Inspection;
using Ashlar.Cli.Machine;
using Ashlar.Cli.Measurement;

namespace Ashlar.Cli.Json;

/// <summary>The reports that commands print with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(PerplexityResult))]
[JsonSerializable(typeof(ModelReport))]
[JsonSerializable(typeof(MachineReport))]
internal sealed partial class JsonForms : JsonSerializerContext;
