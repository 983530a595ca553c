namespace Ashlar.Server.Catalog;

/// <summary>A name that requests may give: a model's, or that of an adapter.</summary>
/// <param name="Slot">The model.</param>
/// <param name="Adapter">The adapter; null for the model itself.</param>
internal sealed record ListedModel(ModelSlot Slot, ServedAdapter? Adapter)
{
    public string Name => Adapter?.Name ?? Slot.Name;

    /// <summary>The model's own name, where this is an adapter's; else null.</summary>
    public string? Parent => Adapter is null ? null : Slot.Name;
}
