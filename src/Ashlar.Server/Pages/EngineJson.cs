using System.Text.Json;
using Ashlar.Engine;

namespace Ashlar.Server.Pages;

/// <summary>Writes what an engine works on.</summary>
internal static class EngineJson
{
    public static void WriteStatistics(Utf8JsonWriter json, EngineStatistics statistics)
    {
        json.WriteStartObject("statistics"u8);
        json.WriteNumber("running"u8, statistics.Running);
        json.WriteNumber("waiting"u8, statistics.Waiting);
        json.WriteNumber("blocks"u8, statistics.Blocks);
        json.WriteNumber("block_size"u8, statistics.BlockSize);
        json.WriteNumber("free_blocks"u8, statistics.FreeBlocks);
        json.WriteNumber("evictable_blocks"u8, statistics.EvictableBlocks);
        json.WriteNumber("held_blocks"u8, statistics.HeldBlocks);
        json.WriteNumber("unused_slots"u8, statistics.UnusedSlots);
        json.WriteNumber("steps"u8, statistics.Steps);
        json.WriteNumber("computed_tokens"u8, statistics.ComputedTokens);
        json.WriteNumber("generated_tokens"u8, statistics.GeneratedTokens);
        json.WriteNumber("guessed_tokens"u8, statistics.GuessedTokens);
        json.WriteNumber("rightly_guessed_tokens"u8, statistics.RightlyGuessedTokens);
        json.WriteNumber("sought_tokens"u8, statistics.SoughtTokens);
        json.WriteNumber("found_tokens"u8, statistics.FoundTokens);
        json.WriteNumber("found_on_disk_tokens"u8, statistics.FoundOnDiskTokens);
        json.WriteNumber("found_at_peers_tokens"u8, statistics.FoundAtPeersTokens);
        json.WriteNumber("preemptions"u8, statistics.Preemptions);
        json.WriteNumber("last_step_seconds"u8, statistics.LastStep.TotalSeconds);
        json.WriteNumber("since_last_step_seconds"u8, statistics.SinceLastStep.TotalSeconds);
        json.WriteEndObject();
    }

    public static void WriteDescription(Utf8JsonWriter json, EngineDescription description)
    {
        json.WriteStartArray("sequences"u8);
        foreach (var sequence in description.Sequences) WriteSequence(json, sequence);
        json.WriteEndArray();
        json.WriteNumber("omitted_sequences"u8, description.OmittedSequences);
        json.WriteStartObject("tree"u8);
        json.WriteNumber("blocks"u8, description.TreeBlocks);
        json.WriteNumber("omitted_runs"u8, description.OmittedRuns);
        json.WriteStartArray("runs"u8);
        foreach (var run in description.Runs)
        {
            json.WriteStartObject();
            json.WriteNumber("parent"u8, run.Parent);
            json.WriteNumber("blocks"u8, run.Blocks);
            json.WriteNumber("tokens"u8, run.Tokens);
            json.WriteNumber("tokens_in_all"u8, run.TokensInAll);
            json.WriteNumber("users"u8, run.Users);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSequence(Utf8JsonWriter json, SequenceDescription sequence)
    {
        json.WriteStartObject();
        json.WriteString("state"u8, sequence.State.ToString().ToLowerInvariant());
        json.WriteNumber("age_seconds"u8, sequence.Age.TotalSeconds);
        json.WriteNumber("prompt_tokens"u8, sequence.PromptTokens);
        json.WriteNumber("cached_tokens"u8, sequence.CachedTokens);
        json.WriteNumber("computed_tokens"u8, sequence.ComputedTokens);
        json.WriteNumber("generated_tokens"u8, sequence.GeneratedTokens);
        json.WriteNumber("priority"u8, sequence.Priority);
        json.WriteNumber("preemptions"u8, sequence.Preemptions);
        json.WriteEndObject();
    }
}
