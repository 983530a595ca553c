using System.Globalization;
using System.Text;

namespace Ashlar.Tensors.Passes;

/// <summary>A plan as text: how many nodes the graph had and kept, and what each region became.</summary>
internal static class PlanText
{
    /// <summary>
    /// Which weights are unpacked, if any; then one line a region: level, kernel, what it reads and writes, and what bounds it for
    /// given sizes.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="symbols">The sizes that bytes and operations are counted for.</param>
    public static string Of(Plan plan, IReadOnlyDictionary<Symbol, long> symbols)
    {
        var text = new StringBuilder();
        var levels = plan.Regions.Select(region => region.Level).Distinct().Count();
        text.Append(CultureInfo.InvariantCulture, $"graph: {plan.Graph.Nodes.Length} nodes, ")
            .Append(CultureInfo.InvariantCulture, $"{plan.Simplified.Nodes.Length} simplified, ")
            .Append(CultureInfo.InvariantCulture, $"{plan.Regions.Count} regions in {levels} levels");
        if (symbols.Count > 0)
        {
            text.Append(" (").AppendJoin(", ", symbols.Select(symbol => $"{symbol.Value} {symbol.Key}")).Append(')');
        }

        text.Append('\n');
        if (Unpacking.Describe(plan) is { } unpacked) text.Append(unpacked).Append('\n');
        foreach (var region in plan.Regions) Append(text, region, symbols);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Region region, IReadOnlyDictionary<Symbol, long> symbols)
    {
        text.Append(CultureInfo.InvariantCulture, $"{region.Level,4}  ");
        if (region is KernelRegion kernel)
        {
            var (bytes, operations) = (Bytes(kernel, symbols), kernel.Operations.Evaluate(symbols));
            text.Append(Name(kernel, symbols).PadRight(52))
                .Append(CultureInfo.InvariantCulture, $" {Amount(bytes),8}B {Amount(operations),8}op {Bound(bytes, operations)}");
        }
        else
        {
            text.Append($"reference {region.Nodes[0].Op.Name}".PadRight(52));
        }

        text.Append("  ").AppendJoin(' ', region.Reads.Distinct()).Append(" -> ").AppendJoin(' ', region.Writes);
        if (region.Label is { } label) text.Append("  # ").Append(label.ReplaceLineEndings(" "));
        text.Append('\n');
        if (region is RowRegion) text.Append("        ").AppendJoin(' ', region.Nodes.Select(node => node.Op.Name)).Append('\n');
    }

    private static string Name(KernelRegion region, IReadOnlyDictionary<Symbol, long> symbols)
    {
        var key = region.Specification(region.Rows.Evaluate(symbols)).Key;
        return region is RowRegion rows
            ? $"rows of {rows.Domain.Width}, {rows.Nodes.Count} steps"
            : key.Split([", rows ", ", scale "], 2, StringSplitOptions.None)[0];
    }

    private static long Bytes(KernelRegion region, IReadOnlyDictionary<Symbol, long> symbols)
    {
        var values = region.Reads.Where(value => value.Storage != Storage.Bound).Concat(region.Writes).Distinct();
        return region.WeightBytes + values.Sum(value => value.Storage == Storage.Bound ? 0 : value.Bytes.Evaluate(symbols));
    }

    // Processors of today do some tens of operations in the time of a byte from memory.
    private static string Bound(long bytes, long operations)
    {
        const long OperationsPerByte = 16;
        return operations > bytes * OperationsPerByte ? "compute" : "memory";
    }

    /// <summary>A number, and the letter of the thousands that it is counted in, before a unit.</summary>
    public static string Amount(long amount) => amount switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{amount / 1e9:F1} G"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{amount / 1e6:F1} M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{amount / 1e3:F1} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{amount} "),
    };
}
