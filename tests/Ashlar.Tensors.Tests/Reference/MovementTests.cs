using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class MovementTests
{
    public static TheoryData<DType> Types =>
        [DType.F32, DType.F64, DType.F16, DType.BF16, DType.I8, DType.I16, DType.I32, DType.I64, DType.Bool];

    private static readonly long[][] Shapes = [[5], [1], [0], [3, 7], [2, 3, 4], [3, 1, 5], [2, 3, 1, 4], [4, 0, 3], [1, 1, 1]];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_permutation_puts_every_element_in_its_place(DType type)
    {
        var random = Seeded(10);
        foreach (var sizes in Shapes)
        {
            for (var repeat = 0; repeat < 6; repeat++)
            {
                var axes = Enumerable.Range(0, sizes.Length).ToArray();
                random.Shuffle(axes);
                var input = Guarded.Random(random, type, sizes);
                var values = Guarded.Doubles(input);
                var to = axes.Select(axis => sizes[axis]).ToArray();
                var expected = Indices(to).Select(index =>
                {
                    var from = new long[axes.Length];
                    for (var i = 0; i < axes.Length; i++) from[axes[i]] = index[i];
                    return values[Flat(sizes, from)];
                });
                AssertClose([.. expected], Run(new Permute([.. axes]), input), 0);
            }
        }

        AssertClose([1], Run(new Permute([]), Guarded.Of(type, [], 1)), 0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_slice_takes_its_run(DType type)
    {
        var random = Seeded(11);
        foreach (var sizes in Shapes)
        {
            for (var axis = -sizes.Length; axis < sizes.Length; axis++)
            {
                var at = axis < 0 ? axis + sizes.Length : axis;
                var start = random.NextInt64(sizes[at] + 1);
                var length = random.NextInt64(sizes[at] - start + 1);
                var input = Guarded.Random(random, type, sizes);
                var values = Guarded.Doubles(input);
                var to = sizes.ToArray();
                to[at] = length;
                var expected = Indices(to).Select(index =>
                {
                    index[at] += start;
                    return Exactly(values, sizes, index);
                });
                AssertClose([.. expected], Run(new Slice(axis, start, length), input), 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Joined_tensors_lie_one_after_the_other(DType type)
    {
        var random = Seeded(12);
        foreach (var sizes in Shapes)
        {
            for (var axis = -sizes.Length; axis < sizes.Length; axis++)
            {
                var at = axis < 0 ? axis + sizes.Length : axis;
                var inputs = Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
                {
                    var part = sizes.ToArray();
                    part[at] = random.Next(4);
                    return Guarded.Random(random, type, part);
                }).ToArray();
                var to = sizes.ToArray();
                to[at] = inputs.Sum(input => input.Sizes[at]);
                var expected = Indices(to).Select(index =>
                {
                    var i = 0;
                    for (; index[at] >= inputs[i].Sizes[at]; i++) index[at] -= inputs[i].Sizes[at];
                    return Exactly(Guarded.Doubles(inputs[i]), inputs[i].Sizes.ToArray(), index);
                });
                AssertClose([.. expected], Run(new Concat(axis), inputs), 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_expansion_repeats(DType type)
    {
        var random = Seeded(13);
        foreach (var (from, to) in new (long[], long[])[]
                 { ([], []), ([], [3]), ([1], [4]), ([3, 1], [3, 5]), ([1, 5], [3, 5]), ([5], [2, 3, 5]), ([2, 1, 4], [2, 3, 4]),
                     ([1, 3, 1], [2, 3, 4]), ([1], [0]), ([1, 1], [7, 1]) })
        {
            var input = Guarded.Random(random, type, from);
            var values = Guarded.Doubles(input);
            AssertClose([.. Indices(to).Select(index => values[Flat(from, index)])], Run(new Expand(Shape.Of(to)), input), 0);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Gathered_rows_are_the_table_s(DType type)
    {
        var random = Seeded(14);
        foreach (var (table, indices) in new (long[], long[])[] { ([5], [7]), ([5, 3], [4]), ([5, 3], []), ([5, 3, 2], [2, 3]),
            ([5, 0], [2]), ([0, 3], [0]), ([4, 33], [6]) })
        {
            var (data, rows) = (Guarded.Random(random, type, table), Guarded.Indices(random, table[0], indices));
            var (values, chosen) = (Guarded.Doubles(data), Guarded.Doubles(rows));
            var width = table[1..].Aggregate(1L, (product, size) => product * size);
            var expected = chosen.SelectMany(row => values.Skip((int)(row * width)).Take((int)width)).ToArray();
            var actual = Run(new Gather(), data, rows);
            Assert.Equal(type is DType.F16 or DType.BF16 ? DType.F32 : type, actual.Type);
            AssertClose(expected, actual, 0);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Leading_axes_that_are_shared_have_each_its_table(DType type)
    {
        var random = Seeded(19);
        foreach (var (shared, table, indices) in new (int, long[], long[])[]
                 { (1, [5, 7], [5, 2]), (1, [5, 7], [5]), (1, [3, 4, 6], [3, 2, 2]), (2, [2, 3, 4, 5], [2, 3, 6]),
                     (1, [0, 4], [0, 2]), (1, [3, 4], [3, 0]) })
        {
            var (data, rows) = (Guarded.Random(random, type, table), Guarded.Indices(random, table[shared], indices));
            var (values, chosen) = (Guarded.Doubles(data), Guarded.Doubles(rows));
            var row = table[(shared + 1)..];
            var expected = Indices([.. indices, .. row]).Select(index => values[Flat(table,
                [.. index[..shared], (long)chosen[Flat(indices, index.AsSpan(0, indices.Length))], .. index[indices.Length..]])]);
            AssertClose([.. expected], Run(new Gather(shared), data, rows), 0);
        }
    }

    [Theory]
    [InlineData(DType.Q8_0)]
    [InlineData(DType.Q4_0)]
    [InlineData(DType.Q4_K)]
    public void Gathered_rows_of_a_block_format_are_decoded(DType type)
    {
        var random = Seeded(15);
        var (table, rows) = (Guarded.Random(random, type, 6, 512), Guarded.Indices(random, 6, 9));
        var values = Guarded.Doubles(table);
        AssertClose(
            [.. Guarded.Doubles(rows).SelectMany(row => values.Skip((int)row * 512).Take(512))], Run(new Gather(), table, rows),
            0);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Scattered_rows_add_up(DType type)
    {
        var random = Seeded(16);
        foreach (var (indices, row, count) in new (long[], long[], long)[] { ([20], [3], 5), ([2, 3], [4, 2], 7), ([], [3], 2),
            ([6], [], 4), ([0], [3], 2), ([0], [], 0) })
        {
            var (rows, places) = (Guarded.Random(random, type, [.. indices, .. row]),
                Guarded.Indices(random, Math.Max(count, 1), indices));
            var (values, chosen) = (Guarded.Doubles(rows), Guarded.Doubles(places));
            var width = row.Aggregate(1L, (product, size) => product * size);
            var expected = new double[count * width];
            for (var i = 0; i < values.Length; i++) expected[(long)chosen[i / width] * width + i % width] += values[i];
            AssertClose(expected, Run(new ScatterAdd(count), rows, places), Tolerance(type));
        }
    }

    [Theory]
    [InlineData(DType.F32, DType.F32)]
    [InlineData(DType.F32, DType.F16)]
    [InlineData(DType.F32, DType.BF16)]
    [InlineData(DType.F64, DType.F64)]
    [InlineData(DType.F16, DType.F16)]
    [InlineData(DType.I8, DType.I8)]
    [InlineData(DType.I32, DType.I32)]
    public void Stored_rows_replace_the_state_s_and_leave_the_others(DType from, DType state)
    {
        var random = Seeded(17);
        var (before, values) = (Guarded.Random(random, state, 9, 3, 5), Guarded.Random(random, from, 4, 3, 5));
        var expected = Guarded.Doubles(before);
        var rounded = Guarded.Doubles(Guarded.Of(state, [4, 3, 5], Guarded.Doubles(values)));
        int[] rows = [7, 0, 8, 3];
        for (var i = 0; i < rounded.Length; i++) expected[rows[i / 15] * 15 + i % 15] = rounded[i];
        StoreInto(before, values, rows);
        AssertClose(expected, before, 0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(9)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_wrong_index_is_named_before_anything_is_written(int wrong)
    {
        var state = Guarded.Random(Seeded(18), DType.F32, 9, 3);
        var before = Guarded.Doubles(state);
        var error = Assert.Throws<InvalidOperationException>(
            () => StoreInto(state, Guarded.Of(DType.F32, [2, 3], 1, 2, 3, 4, 5, 6), [2, wrong]));
        Assert.Contains($"no row {wrong} among 9", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Guarded.Doubles(state));
        var indices = TensorData.From<int>([2, wrong]);
        Assert.Throws<InvalidOperationException>(() => Run(new Gather(), state, indices));
        Assert.Throws<InvalidOperationException>(() => Run(new ScatterAdd(9), Guarded.Of(DType.F32, [2], 1, 2), indices));
    }

    private static void StoreInto(TensorData state, TensorData values, int[] rows)
    {
        var indices = TensorData.From<int>(rows);
        var inputs = new[]
        {
            new Node(new State("state", state.Type, Shape.Of(state.Sizes)), []),
            new Node(new Input("values", values.Type, Shape.Of(values.Sizes)), []),
            new Node(new Input("rows", DType.I32, Shape.Of(indices.Sizes)), []),
        };
        new Backends.Reference.ReferenceBackend(1).Compute(new Node(new Store(), inputs), [state, values, indices], state);
    }

    private static double Exactly(double[] values, long[] sizes, long[] index)
    {
        long flat = 0;
        for (var axis = 0; axis < sizes.Length; axis++) flat = flat * sizes[axis] + index[axis];
        return values[flat];
    }
}
