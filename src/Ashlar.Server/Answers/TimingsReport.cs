using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Access;

namespace Ashlar.Server.Answers;

/// <summary>
/// Tells what became of an answer's time: llama.cpp's object <c>timings</c>, with more in it. Numbers of several choices are
/// sums, as if one had run after the other.
/// </summary>
/// <param name="tally">What the answer has cost.</param>
/// <param name="clock">What time is told by.</param>
/// <param name="perToken">Whether events before the end tell it, too.</param>
internal sealed class TimingsReport(RequestTally tally, TimeProvider clock, bool perToken)
{
    private long _firstToken = -1;

    /// <summary>Writes the property of an answer that is complete.</summary>
    public void Write(Utf8JsonWriter json) => Write(json, tally.Usage, tally.Timings);

    /// <summary>Writes the property as it stands while tokens come, where every event is to have it.</summary>
    public void WriteSoFar(Utf8JsonWriter json)
    {
        if (!perToken || tally.Started is not { } started) return;
        if (_firstToken < 0) _firstToken = clock.GetTimestamp();
        var usage = started.Usage with { CompletionTokens = tally.GeneratedTokens };
        Write(json, usage, started.Timings with { Decode = clock.GetElapsedTime(_firstToken) });
    }

    /// <summary>Writes the property.</summary>
    public static void Write(Utf8JsonWriter json, in GenerationUsage usage, in GenerationTimings timings)
    {
        json.WriteStartObject("timings"u8);
        json.WriteNumber("cache_n"u8, usage.CachedTokens);
        json.WriteNumber("prompt_n"u8, usage.PromptTokens - usage.CachedTokens);
        json.WriteNumber("prompt_ms"u8, Milliseconds(timings.Prefill));
        json.WriteNumber("prompt_per_token_ms"u8, PerToken(timings.Prefill, usage.PromptTokens - usage.CachedTokens));
        json.WriteNumber("prompt_per_second"u8, PerSecond(timings.Prefill, usage.PromptTokens - usage.CachedTokens));
        json.WriteNumber("predicted_n"u8, usage.CompletionTokens);
        json.WriteNumber("predicted_ms"u8, Milliseconds(timings.Decode));
        json.WriteNumber("predicted_per_token_ms"u8, PerToken(timings.Decode, usage.CompletionTokens));
        json.WriteNumber("predicted_per_second"u8, PerSecond(timings.Decode, usage.CompletionTokens));
        json.WriteNumber("draft_n"u8, usage.GuessedTokens);
        json.WriteNumber("draft_n_accepted"u8, usage.RightlyGuessedTokens);

        // From here on it is what llama.cpp does not tell.
        var elsewhere = usage.CachedOnDiskTokens + usage.CachedAtPeersTokens;
        json.WriteNumber("queue_ms"u8, Milliseconds(timings.Queued));
        json.WriteNumber("cache_memory_n"u8, usage.CachedTokens - elsewhere);
        json.WriteNumber("cache_disk_n"u8, usage.CachedOnDiskTokens);
        json.WriteNumber("cache_peer_n"u8, usage.CachedAtPeersTokens);
        json.WriteNumber("preemptions"u8, usage.Preemptions);
        json.WriteNumber("steps"u8, usage.Steps);
        json.WriteNumber("tokens_per_step"u8, usage.Steps == 0 ? 0 : Round((double)usage.StepTokens / usage.Steps));
        json.WriteNumber("most_sequences_per_step"u8, usage.MostSequences);
        json.WriteEndObject();
    }

    private static double Milliseconds(TimeSpan time) => Round(time.TotalMilliseconds);

    private static double PerToken(TimeSpan time, int tokens) => tokens == 0 ? 0 : Round(time.TotalMilliseconds / tokens);

    // No time at all has no speed, and JSON no infinity.
    private static double PerSecond(TimeSpan time, int tokens) => time <= TimeSpan.Zero ? 0 : Round(tokens / time.TotalSeconds);

    private static double Round(double number) => Math.Round(number, 3);
}
