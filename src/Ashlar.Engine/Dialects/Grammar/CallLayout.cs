namespace Ashlar.Engine.Dialects;

/// <summary>What stands round the calls of one answer.</summary>
/// <param name="Open">Before the first.</param>
/// <param name="Separator">Between two.</param>
/// <param name="Close">Behind the last.</param>
/// <param name="Mark">
/// What a call is known by, with which <paramref name="Open"/> or else the first call begins; null where there is none, so that
/// text and calls cannot be told apart before they are whole.
/// </param>
internal sealed record CallLayout(string Open, string Separator, string Close, string? Mark);
