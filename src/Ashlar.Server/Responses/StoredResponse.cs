namespace Ashlar.Server.Responses;

/// <summary>An answer that was kept for later.</summary>
/// <param name="Owner">The number of the key that asked for it; nobody else is told of it.</param>
/// <param name="Response">The response as it was answered, JSON.</param>
/// <param name="InputItems">The items that it answers, a JSON array.</param>
/// <param name="Messages">The conversation with the answer, but without instructions, as chat templates take it: a JSON
/// array.</param>
internal sealed record StoredResponse(
    int Owner, ReadOnlyMemory<byte> Response, ReadOnlyMemory<byte> InputItems, ReadOnlyMemory<byte> Messages)
{
    /// <summary>What it takes of the store, in bytes.</summary>
    public long Bytes => Response.Length + InputItems.Length + Messages.Length;
}
