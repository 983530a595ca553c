using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Catalog;

/// <summary>A request's use of a model, which stays loaded until the lease is given back.</summary>
internal sealed class ModelLease(ModelPool pool, ModelSlot slot, HostedModel model) : IDisposable
{
    private HostedModel? _model = model; // not kept any longer: a connection keeps what its last request had

    public ModelSlot Slot => slot;

    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public HostedModel Model => _model ?? throw new ObjectDisposedException(nameof(ModelLease));

    /// <summary>How long the model is to stay when nobody uses it any more; null for as long as the server says.</summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>The lease of a request; null where its model is always there.</summary>
    public static ModelLease? Of(HttpContext context) => context.Features.Get<ModelLease>();

    /// <summary>Gives the lease back; only the first call does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _model, null) is not null) pool.Release(this);
    }
}
