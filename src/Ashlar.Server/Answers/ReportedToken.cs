using Ashlar.Engine;

namespace Ashlar.Server.Answers;

/// <summary>A token whose log probability was asked for.</summary>
/// <param name="Token">The token.</param>
/// <param name="Probability">How likely it was; null of a prompt's first, which nothing foretells.</param>
internal readonly record struct ReportedToken(int Token, TokenLogProbability? Probability);
