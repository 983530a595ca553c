namespace Ashlar.Models;

/// <summary>A layer of experts, of which each token uses a few.</summary>
/// <param name="Count">Experts in a layer.</param>
/// <param name="Used">Experts that a token uses.</param>
/// <param name="FeedForward">The inner size of one expert.</param>
public sealed record ExpertConfiguration(int Count, int Used, int FeedForward);
