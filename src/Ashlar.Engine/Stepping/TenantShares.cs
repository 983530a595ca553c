using System.Runtime.InteropServices;

namespace Ashlar.Engine.Stepping;

/// <summary>How many tokens each tenant that has sequences was served.</summary>
internal sealed class TenantShares
{
    private readonly Dictionary<string, (int Sequences, long Served)> _tenants = [];

    /// <summary>A tenant has one sequence more.</summary>
    public void Add(string tenant)
    {
        // Whoever was away has saved up nothing.
        if (!_tenants.ContainsKey(tenant))
        {
            _tenants[tenant] = (0, _tenants.Count == 0 ? 0 : _tenants.Values.Min(static known => known.Served));
        }

        Of(tenant).Sequences++;
    }

    /// <summary>A tenant has one sequence less.</summary>
    public void Remove(string tenant)
    {
        if (--Of(tenant).Sequences == 0) _tenants.Remove(tenant);
    }

    /// <summary>Tokens of a tenant are computed.</summary>
    public void Serve(string tenant, int tokens) => Of(tenant).Served += tokens;

    /// <summary>Tokens that a tenant was served, but for those that all were.</summary>
    public long Served(string tenant) => Of(tenant).Served;

    private ref (int Sequences, long Served) Of(string tenant) => ref CollectionsMarshal.GetValueRefOrNullRef(_tenants, tenant);
}
