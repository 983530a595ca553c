using System.Text.Json.Serialization;

namespace Ashlar.Training.Runs;

/// <summary>A line of a run's log: a step, or an evaluation of a source.</summary>
/// <param name="Kind"><c>step</c> or <c>evaluation</c>.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">The mean loss of a token in nats.</param>
/// <param name="Tokens">The tokens of it.</param>
/// <param name="LearningRate">Of a step.</param>
/// <param name="GradientNorm">Of a step.</param>
/// <param name="Seconds">Of a step.</param>
/// <param name="Source">Of an evaluation.</param>
internal sealed record LogRecord(string Kind, long Step, double Loss, double Tokens, double? LearningRate = null,
    double? GradientNorm = null, double? Seconds = null, string? Source = null);

/// <summary>The JSON of logs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogRecord))]
internal sealed partial class LogJson : JsonSerializerContext;
