using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

public class UnpackingTests
{
    private static readonly Symbol Rows = new("rows", Max: 100);

    [Fact]
    public void Weights_that_no_kernel_reads_are_named_with_their_sizes_in_the_file_and_in_memory()
    {
        var x = Tensor.Input("x", DType.F32, [Rows, 256]);
        var (ternary, fine) = (Weight(DType.TQ1_0, 64, 256), Weight(DType.IQ1_M, 160, 256));
        var graph = new Graph(
            Times(ternary).Node, (Times(ternary) + 1).Node, Times(fine).Node, Times(Weight(DType.Q4_0, 64, 256)).Node);
        // 64 blocks of 54 bytes become 9 bits a weight, 160 of 56 become 10.
        const string Expected = "no kernel reads weights of IQ1_M (9.0 kB), TQ1_0 (3.5 kB): "
            + "at load they are unpacked to 8-bit codes with F32 scales, 69.6 kB in memory";
        Assert.Equal(64 * 256 * 9 / 8 + 160 * 256 * 10 / 8, 69_632);
        Assert.Equal(Expected, Unpacking.Describe(Plan.Of(graph, InstructionSet.Portable)));
        Assert.Contains($"\n{Expected}\n", graph.ToPlanText(new Dictionary<string, long>()), StringComparison.Ordinal);

        Tensor Times(Tensor weight) => x.MatMul(weight, transposeRight: true);
    }

    [Fact]
    public void A_table_that_is_only_looked_up_stays_as_it_is()
    {
        var table = Weight(DType.TQ1_0, 64, 256);
        var graph = new Graph(table.Gather(Tensor.Input("ids", DType.I32, [Rows])).Node);
        Assert.Null(graph.DescribeUnpacking());
    }

    [Fact]
    public void The_formats_that_are_unpacked_are_those_that_take_more_memory_than_their_file()
    {
        const int Columns = 16, Elements = 256;
        foreach (var type in Enum.GetValues<DType>().Where(type => PackedMatrices.CanPack(type, Elements)))
        {
            var matrix = new WeightMatrix(TensorData.Zeros(type, Columns, Elements), type, Elements, Columns);
            var growth = (double)PackedMatrices.Bytes(matrix) / matrix.Data.Bytes;
            // Others at most repeat scales: in TQ2_0 one for 256 becomes one for every 32, a fifth more in all.
            Assert.True(ComputeDevice.Unpacks(type) ? growth > 2 : growth < 1.25, $"{type}: {growth:F3} times");
        }
    }

    private static Tensor Weight(DType type, params long[] sizes) => Tensor.Weight(TensorData.Zeros(type, sizes));
}
