using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Products with packed weights, against the same numbers in double.</summary>
public sealed class WeightMatMulTests
{
    /// <summary>Every type that weights can have.</summary>
    public static TheoryData<DType> Types { get; } =
        [.. Enum.GetValues<DType>().Where(type => BlockWeights.CanPack(type) || PlainWeights.CanPack(type))];

    [Theory, MemberData(nameof(Types))]
    public void Products_are_those_of_doubles(DType type)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            var product = new MatMulCase(random, type, matrices: 1, isExtreme: seed % 5 == 4);
            var specification = new WeightMatMul(
                type, product.K, product.N, product.Layout, (RowClass)random.Next(3), product.InputStride);
            var actual = product.Run(specification, product.Groups, addresses =>
            [
                Address(product.Packed), Address(product.Input), addresses[0], product.Rows, product.OutputStride * sizeof(float),
            ]);
            for (var row = 0; row < product.Rows; row++) product.Check(actual, row, row, 0, $"seed {seed}: {specification}");
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Each_row_is_multiplied_with_the_matrix_of_its_expert(DType type)
    {
        for (var seed = 100; seed < 110; seed++)
        {
            var random = new Random(seed);
            var (matrices, divisor) = (random.Next(1, 5), random.Next(1, 4));
            var product = new MatMulCase(random, type, matrices, isExtreme: false);
            var specification = new GroupedWeightMatMul(
                type, product.K, product.N, matrices, product.Layout, product.InputStride, divisor);
            var count = (product.Rows - 1) * divisor + random.Next(1, divisor + 1);
            var experts = Enumerable.Range(0, count).Select(_ => random.Next(matrices)).ToArray();
            var sorted = TensorData.From<int>(Enumerable.Range(0, count).OrderBy(row => experts[row]).ToArray());
            var starts = TensorData.From<int>(
                Enumerable.Range(0, matrices + 1).Select(matrix => experts.Count(expert => expert < matrix)).ToArray());
            var actual = product.Run(specification, product.Groups * matrices, addresses =>
            [
                Address(product.Packed), Address(product.Input), addresses[0], Address(starts), Address(sorted),
                product.OutputStride * sizeof(float),
            ], count);
            for (var row = 0; row < count; row++)
            {
                product.Check(actual, row, row / divisor, experts[row], $"seed {seed}: {specification}");
            }

            GC.KeepAlive((sorted, starts));
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_row_has_the_same_bits_alone_among_others_and_in_any_class(DType type)
    {
        for (var seed = 200; seed < 210; seed++)
        {
            var random = new Random(seed);
            var product = new MatMulCase(random, type, matrices: 1, isExtreme: false);
            long[] Arguments(long output, long first, long rows) =>
            [
                Address(product.Packed), Address(product.Input) + first * product.InputBytes, output, rows,
                product.OutputStride * sizeof(float),
            ];
            WeightMatMul Of(RowClass rowClass) =>
                new(type, product.K, product.N, product.Layout, rowClass, product.InputStride);
            var together = product.Run(Of(RowClass.Many), product.Groups, addresses => Arguments(addresses[0], 0, product.Rows));
            for (var row = 0; row < product.Rows; row++)
            {
                var alone = product.Run(Of(RowClass.One), product.Groups, addresses => Arguments(addresses[0], row, 1), 1);
                var same = alone.AsSpan<float>()[..product.N].SequenceEqual(
                    together.AsSpan<float>().Slice(row * product.OutputStride, product.N));
                Assert.True(same, $"seed {seed}: {Of(RowClass.One)}: bits of row {row} depend on those beside it");
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Calls_allocate_nothing(DType type)
    {
        var product = new MatMulCase(new Random(1), type, matrices: 1, isExtreme: false);
        var output = Guarded.Poisoned(DType.F32, product.Rows, product.OutputStride).Data;
        var specification = new WeightMatMul(
            type, product.K, product.N, product.Layout, RowClass.Many, product.InputStride);
        var allocated = Allocated(
            specification, product.Groups, Address(product.Packed), Address(product.Input), Address(output), product.Rows,
            product.OutputStride * sizeof(float));
        Assert.Equal(0, allocated);
        GC.KeepAlive((product, output));
    }

    [Fact]
    public void Rows_of_another_form_are_refused()
    {
        KernelSpecification[] wrong =
        [
            new WeightMatMul(DType.Q4_0, 64, 16, null, RowClass.One, 256),
            new WeightMatMul(DType.Q4_0, 64, 16, new QuantizedRows(64, [new Bias(32, 0)]), RowClass.One),
            new WeightMatMul(DType.Q4_0, 64, 16, new QuantizedRows(96, [new Bias(32, 8)]), RowClass.One),
            new WeightMatMul(DType.BF16, 64, 16, null, RowClass.One),
            new WeightMatMul(DType.I32, 64, 16, null, RowClass.One, 256),
        ];
        foreach (var specification in wrong) Assert.Throws<NotSupportedException>(() => PortableBackend.Make(specification));
    }
}
