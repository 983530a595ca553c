using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Catalog;

/// <summary>A request's use of a model, which stays loaded until the lease is given back.</summary>
internal sealed class ModelLease(ModelPool pool, ModelSlot slot, HostedModel model) : IDisposable
{
    private int _isOver;

    public ModelSlot Slot => slot;

    public HostedModel Model => model;

    /// <summary>How long the model is to stay when nobody uses it any more; null for as long as the server says.</summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>The lease of a request; null where its model is always there.</summary>
    public static ModelLease? Of(HttpContext context) => context.Features.Get<ModelLease>();

    /// <summary>Gives the lease back; only the first call does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) pool.Release(this);
    }
}
