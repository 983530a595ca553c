using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>
/// What templates are told of the effort to reason with, under the names that they know it by: <c>enable_thinking</c>,
/// <c>thinking</c>, and gpt-oss's <c>reasoning_effort</c>. A caller's own variables go before these.
/// </summary>
internal static class ReasoningVariables
{
    /// <summary>Adds the variables, if an effort is asked for.</summary>
    public static JsonObject? Add(JsonObject? variables, ReasoningOptions? reasoning)
    {
        if (reasoning?.Effort is not { } effort) return variables;
        var thinks = effort != ReasoningEffort.None;
        var all = new JsonObject
        {
            ["enable_thinking"] = thinks,
            ["thinking"] = thinks,
            ["reasoning_effort"] = effort switch
            {
                ReasoningEffort.None or ReasoningEffort.Low => "low", // gpt-oss knows no less
                ReasoningEffort.Medium => "medium",
                _ => "high",
            },
        };
        foreach (var (name, value) in variables ?? []) all[name] = value?.DeepClone();
        return all;
    }
}
