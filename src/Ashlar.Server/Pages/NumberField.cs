using System.Globalization;
using Ashlar.Engine;

namespace Ashlar.Server.Pages;

/// <summary>A number that a request may carry, as the playground asks for it.</summary>
/// <param name="Name">The request's field.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Meaning">What it does, in a few words.</param>
/// <param name="Least">The least value; null for none.</param>
/// <param name="Most">The greatest value; null for none.</param>
/// <param name="Step">By how much the arrows change it.</param>
/// <param name="Default">What holds where it is left empty.</param>
internal sealed record NumberField(
    string Name, string Label, string Meaning, string? Least, string? Most, string Step, string Default)
{
    private static readonly SamplingOptions Defaults = SamplingOptions.Default;

    /// <summary>All of them, in the order of the form.</summary>
    public static IReadOnlyList<NumberField> All { get; } =
    [
        new("temperature", "Temperature", "0 takes the likeliest token; more is more random",
            "0", "2", "0.05", Text(Defaults.Temperature)),
        new("max_tokens", "Most tokens", "Ends the answer after so many tokens", "1", null, "1", "no limit"),
        new("min_tokens", "Least tokens", "The answer cannot end before so many tokens", "0", null, "1", "0"),
        new("seed", "Seed", "The same seed gives the same answer", null, null, "1", "any"),
        new("top_p", "Top p", "The likeliest tokens that make up this probability", "0", "1", "0.01", Text(Defaults.TopP)),
        new("top_k", "Top k", "The likeliest so many tokens; 0 is all", "-1", null, "1", Text(Defaults.TopK)),
        new("min_p", "Min p", "Tokens at least this part as likely as the likeliest", "0", "1", "0.01", Text(Defaults.MinP)),
        new("typical_p", "Typical p", "The most typical tokens that make up this probability",
            "0", "1", "0.01", Text(Defaults.TypicalP)),
        new("repetition_penalty", "Repetition", "Above 1 makes tokens less likely that were there",
            "0.01", "10", "0.01", Text(Defaults.RepetitionPenalty)),
        new("frequency_penalty", "Frequency", "Above 0 makes tokens less likely the more often they were there",
            "-2", "2", "0.05", Text(Defaults.FrequencyPenalty)),
        new("presence_penalty", "Presence", "Above 0 makes tokens less likely that were there",
            "-2", "2", "0.05", Text(Defaults.PresencePenalty)),
        new("priority", "Priority", "Lower numbers come first", null, null, "1", "0"),
    ];

    /// <summary>The range for people.</summary>
    public string Range => (Least, Most) switch
    {
        (null, null) => "whole number",
        ({ } least, null) => $"{least} or more",
        (null, { } most) => $"up to {most}",
        _ when Name is "top_p" or "typical_p" => $"above {Least}, to {Most}",
        _ => $"{Least} to {Most}",
    };

    private static string Text(double number) => ((float)number).ToString(CultureInfo.InvariantCulture);
}
