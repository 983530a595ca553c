using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>Movements that are only another look at memory, against moving the numbers of all elements.</summary>
public class ViewTests
{
    private static readonly Symbol Tokens = new("tokens");

    [Fact]
    public void Views_of_views_find_the_elements_that_moving_them_finds()
    {
        var (found, refused) = (0, 0);
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var node = Tensor.Input("x", DType.F32, RandomShape(random)).Node;
            View? view = new View(node);
            var places = Enumerable.Range(0, (int)node.Shape.Elements.Value).ToArray(); // in the root, of each element
            for (var steps = random.Next(1, 7); steps > 0 && view is not null; steps--)
            {
                var next = RandomMovement(node, random);
                places = Move(next, places);
                view = View.Through(next, view.Value);
                node = next;
                if (view is { } here) AssertPlaces(here, places, $"seed {seed}: {node.Op} to {node.Shape}");
            }

            if (view is null) refused++;
            else found++;
        }

        // Both happen often, or the test says nothing.
        Assert.True(found > 500 && refused > 500, $"{found} views, {refused} refused");
    }

    [Fact]
    public void What_can_be_a_view_is_one()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens, 6, 4]);
        Assert.Equal(new View(x.Node), ViewOf(x, x.Reshape([Tokens, 24])));
        Assert.Equal(new View(x.Node), ViewOf(x, x.Reshape([(Dim)Tokens * 2, 3, 4]), x.Reshape([(Dim)Tokens * 24])));
        Assert.Equal(new View(x.Node, 8, 24, 12), ViewOf(x, x.Slice(1, 2, 3)));
        Assert.Equal(new View(x.Node, 8, 24, 12), ViewOf(x, x.Slice(1, 2, 3), x.Slice(1, 2, 3).Reshape([Tokens, 12])));
        Assert.Equal(new View(x.Node, 1, 4, 2), ViewOf(x, x.Slice(-1, 1, 2)));
        var one = Tensor.Input("one", DType.F32, [1, 6, 4]);
        Assert.Equal(new View(one.Node, 12), ViewOf(one, one.Slice(1, 3, 2))); // of a first axis: one behind the other
        Assert.Equal(new View(one.Node, 16), ViewOf(one, one.Slice(1, 3, 2), one.Slice(1, 3, 2).Slice(1, 1, 1)));
    }

    [Fact]
    public void What_cannot_be_a_view_is_none()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens, 6, 4]);
        Assert.Null(ViewOf(x, x.Permute(1, 0, 2)));
        Assert.Null(ViewOf(x, x.Reshape([Tokens, 1, 6, 4]).Expand([Tokens, 2, 6, 4])));
        Assert.Null(ViewOf(x, x.Slice(0, 0, 1))); // whether there is one is known only in a run
        Assert.Null(ViewOf(x, x.Slice(1, 0, Tokens)));
        Assert.Null(ViewOf(x, x.Slice(1, 0, 0)));
        var part = x.Slice(1, 2, 3);
        Assert.Null(ViewOf(x, part, part.Slice(1, 0, 1))); // of chunks
        Assert.Null(ViewOf(x, part, part.Reshape([(Dim)Tokens * 12]))); // chunks are not whole rows any more
    }

    [Fact]
    public void Rows_are_evenly_apart_in_a_dense_view_and_in_one_whose_chunks_they_are()
    {
        var x = Tensor.Input("x", DType.F32, [4, 12]).Node;
        Assert.Equal(5, new View(x).StrideOfRows(5));
        Assert.Equal(5, new View(x, 7).StrideOfRows(5));
        Assert.Equal(12, new View(x, 2, 12, 6).StrideOfRows(6));
        Assert.Null(new View(x, 2, 12, 6).StrideOfRows(3));
        Assert.Null(new View(x, 2, 12, 6).StrideOfRows(12));
    }

    [Fact]
    public void A_look_that_one_user_cannot_read_is_computed()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens, 12]) * 2;
        var part = x.Slice(1, 4, 4);
        Assert.True(IsView(part, (part + 1)));
        Assert.True(IsView(part, part.Sum(-1)));
        Assert.True(IsView(part, part.Reshape([Tokens, 1, 4]) + 1));
        Assert.False(IsView(part, part)); // an output is memory of its own
        Assert.False(IsView(part, part + 1, part.Cast(DType.F16)));
        Assert.False(IsView(part, part + 1, Tensor.Concat(0, part, part)));
        Assert.False(IsView(part, part.Permute(1, 0)));
        Assert.False(IsView(part, part.TopK(2)));
        Assert.False(IsView(part, part.MatMul(Tensor.Weight(TensorData.Zeros(DType.F32, 3, 4)), transposeRight: true)));
        Assert.False(IsView(part, part.Reshape([Tokens, 2, 2]).Sum(-1))); // rows of two are not evenly apart
        // The whole of a value is readable to all.
        var whole = x.Reshape([Tokens, 3, 4]);
        Assert.True(IsView(whole, whole.TopK(2), whole.Permute(1, 0, 2), whole));

        static bool IsView(Tensor tensor, params Tensor[] outputs)
        {
            var graph = new Graph([.. outputs.Select(output => output.Node)]);
            return Lowering.Of(graph).Views.IsView(tensor.Node);
        }
    }

    private static View? ViewOf(Tensor root, params Tensor[] steps)
    {
        View? view = new View(root.Node);
        foreach (var step in steps) view = view is { } input ? View.Through(step.Node, input) : null;
        return view;
    }

    private static void AssertPlaces(View view, int[] places, string where)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var place = view.Offset + (view.IsDense ? i : i / view.Chunk * view.Stride + i % view.Chunk);
            Assert.True(place == places[i], $"{where}: element {i} is at {places[i]}, and {view} says {place}");
        }
    }

    private static Shape RandomShape(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (Dim)random.Next(1, 7))];

    private static Node RandomMovement(Node node, Random random)
    {
        var shape = node.Shape;
        var axis = random.Next(shape.Rank);
        var size = (int)shape[axis].Value;
        switch (random.Next(10))
        {
            case < 5:
                var start = random.Next(size);
                return new Node(
                    new Slice(random.Next(2) == 0 ? axis : axis - shape.Rank, start, random.Next(1, size - start + 1)), [node]);
            case < 8:
                var dims = shape.ToList();
                var divisor = Enumerable.Range(1, size).Where(part => size % part == 0).OrderBy(_ => random.Next()).First();
                dims[axis] = size / divisor;
                dims.Insert(axis + 1, divisor);
                if (random.Next(2) == 0 && axis > 0)
                {
                    dims[axis - 1] *= dims[axis];
                    dims.RemoveAt(axis);
                }

                return new Node(new Reshape([.. dims]), [node]);
            case 8:
                int[] axes = [.. Enumerable.Range(0, shape.Rank)];
                random.Shuffle(axes);
                return new Node(new Permute([.. axes]), [node]);
            default:
                return new Node(new Expand([2, .. shape]), [node]);
        }
    }

    // The elements' numbers, moved by the reference backend.
    private static int[] Move(Node node, int[] places)
    {
        long[] Sizes(Node of) => of.Shape.Evaluate(new Dictionary<Symbol, long>());
        var input = TensorData.From<float>([.. places.Select(place => (float)place)], Sizes(node.Inputs[0]));
        if (node.Op is Reshape) return places;
        var output = TensorData.Allocate(DType.F32, Sizes(node));
        new Ashlar.Tensors.Backends.Reference.ReferenceBackend(1).Compute(node, [input], output);
        return [.. output.AsSpan<float>().ToArray().Select(place => (int)place)];
    }
}
