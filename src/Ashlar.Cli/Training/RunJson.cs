using System.Text.Json.Nodes;
using Ashlar.Cli.Json;
using Ashlar.Cli.Streams;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Training;

/// <summary>A run as lines of JSON on standard output.</summary>
internal static class RunJson
{
    public static void Tell(TrainingEvent what) => StandardOutput.WriteThrough(JsonOutput.OneLine(Of(what)) + "\n");

    private static JsonObject Of(TrainingEvent what) => what switch
    {
        RunStarted run => new JsonObject
        {
            ["event"] = "started",
            ["name"] = run.Name,
            ["folder"] = run.Folder,
            ["parameters"] = run.Parameters,
            ["first_step"] = run.FirstStep,
            ["steps"] = run.Steps,
            ["tokens_per_step"] = run.TokensPerStep,
            ["operations_per_token"] = run.OperationsPerToken,
        },
        RunStepped { Report: var step } => new JsonObject
        {
            ["event"] = "step",
            ["step"] = step.Step,
            ["loss"] = step.Loss,
            ["learning_rate"] = step.LearningRate,
            ["gradient_norm"] = step.GradientNorm,
            ["tokens"] = step.Tokens,
            ["seconds"] = step.Seconds,
        },
        RunEvaluated { Report: var report } => new JsonObject
        {
            ["event"] = "evaluation",
            ["step"] = report.Step,
            ["source"] = report.Source,
            ["loss"] = report.Loss,
            ["perplexity"] = report.Perplexity,
            ["tokens"] = report.Tokens,
        },
        RunPredicted { Prediction: var prediction } => new JsonObject
        {
            ["event"] = "prediction",
            ["loss"] = prediction.Loss,
            ["low"] = prediction.Low,
            ["high"] = prediction.High,
            ["operations"] = prediction.Compute,
        },
        RunNoticed { Message: var message } => new JsonObject { ["event"] = "notice", ["message"] = message },
        RunFinished end => new JsonObject { ["event"] = "finished", ["output"] = end.Output, ["report"] = end.Report },
        _ => throw new ArgumentException($"an event of kind {what.GetType().Name} has no form", nameof(what)),
    };
}
