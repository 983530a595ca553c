using System.Net;
using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// Blocks that other engines of the same model keep, over HTTP: <c>GET /kv/blocks/NAME</c> gives a block's file, 404 says that there
/// is none. A peer that does not answer is left alone for a while. For one thread at a time.
/// </summary>
/// <param name="peers">Where the peers are, without the path.</param>
/// <param name="key">The API key that they ask for; null for none.</param>
/// <param name="client">What asks them.</param>
/// <param name="clock">What says when a peer may be asked again.</param>
internal sealed class PeerTier(IReadOnlyList<Uri> peers, string? key, HttpClient client, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Rest = TimeSpan.FromSeconds(30);

    private readonly long[] _failed = new long[peers.Count];

    /// <summary>Reads a block from whoever has it.</summary>
    /// <param name="name">The block.</param>
    /// <param name="file">Receives the file; it must be as large.</param>
    public bool TryRead(BlockName name, Span<byte> file)
    {
        for (var i = 0; i < peers.Count; i++)
        {
            if (_failed[i] != 0 && clock.GetElapsedTime(_failed[i]) < Rest) continue;
            try
            {
                if (TryRead(peers[i], name, file)) return true;
                _failed[i] = 0;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
            {
                _failed[i] = clock.GetTimestamp();
            }
        }

        return false;
    }

    private bool TryRead(Uri peer, BlockName name, Span<byte> file)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, $"/kv/blocks/{name}"));
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentLength != file.Length) return false; // another model's, or another cache's
        using var stream = response.Content.ReadAsStream(patience.Token);
        stream.ReadExactly(file);
        return BlockFile.Problem(file, name) is null;
    }
}
