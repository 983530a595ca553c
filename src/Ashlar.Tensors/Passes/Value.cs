using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>A node's elements in memory, in one of the forms that regions read.</summary>
internal sealed class Value(int number, Node node, RowForm form, QuantizedRows? layout, Storage storage)
{
    /// <summary>The number in the plan.</summary>
    public int Number => number;

    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>How elements are stored; of a node that is not F32, in its own type under the name of F32.</summary>
    public RowForm Form => form;

    /// <summary>The layout, where the form is Q8.</summary>
    public QuantizedRows? Layout => layout;

    /// <summary>Where it lives.</summary>
    public Storage Storage { get; set; } = storage;

    /// <summary>The first level that writes it; -1 before all.</summary>
    public int FirstLevel { get; set; } = -1;

    /// <summary>The last level that reads it.</summary>
    public int LastLevel { get; set; } = -1;

    /// <summary>Bytes of memory, as a size.</summary>
    public Dim Bytes
    {
        get
        {
            if (form == RowForm.F32) return TypeBytes();
            var rows = RowDomain.Of(node.Shape)!.Value;
            return rows.Count * (form == RowForm.BF16 ? BFloat16Rows.Stride(rows.Width) : layout!.Stride);
        }
    }

    /// <summary>The node and the form, for the plan's text.</summary>
    public override string ToString() => form == RowForm.F32 ? $"%{number}" : $"%{number}:{(object?)layout ?? form}";

    // The type of a comparison inside a region is F32, however the graph calls it.
    private Dim TypeBytes() =>
        node.Shape.Elements * (node.Type == DType.Bool && Storage == Storage.Arena ? sizeof(float) : node.Type.BlockBytes);
}
