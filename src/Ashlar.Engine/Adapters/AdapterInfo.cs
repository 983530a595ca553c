namespace Ashlar.Engine;

/// <summary>An adapter that an engine has loaded.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Path">Where it was read from.</param>
/// <param name="Rank">The largest rank of a layer.</param>
/// <param name="ActiveRequests">Requests that run or wait with it.</param>
public sealed record AdapterInfo(string Name, string Path, int Rank, int ActiveRequests);
