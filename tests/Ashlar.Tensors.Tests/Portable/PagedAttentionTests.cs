using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Attention over a paged cache, against softmax in double.</summary>
public sealed class PagedAttentionTests
{
    [Fact]
    public void Each_token_gets_the_mean_of_what_it_sees_by_the_softmax_of_its_scores()
    {
        for (var seed = 0; seed < 120; seed++)
        {
            using var batch = new AttentionBatch(new Random(seed));
            var actual = batch.Run(batch.Items(batch.Random, PagedAttention.TokensPerItem));
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {batch.Shape}");
            Reference.Kernel.AssertClose(batch.Expected(), actual, 1e-5);
        }
    }

    [Fact]
    public void A_token_has_the_same_bits_alone_and_among_others()
    {
        for (var seed = 1000; seed < 1060; seed++)
        {
            using var batch = new AttentionBatch(new Random(seed));
            var together = batch.Run(batch.Items(batch.Random, PagedAttention.TokensPerItem));
            var alone = batch.Run(batch.Items(batch.Random, 1));
            var same = together.AsSpan<byte>().SequenceEqual(alone.AsSpan<byte>());
            Assert.True(same, $"seed {seed}: {batch.Shape}: bits depend on the items");
        }
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        using var batch = new AttentionBatch(new Random(7));
        var items = batch.Items(batch.Random, 16);
        var output = Guarded.Poisoned(DType.F32, batch.Tokens, batch.Shape.Heads, batch.Shape.ValueSize).Data;
        var range = items.Sizes[0] * batch.Shape.KeyHeads;
        Assert.Equal(0, Allocated(new PagedAttention(batch.Shape), range, batch.Arguments(Address(output), items)));
        GC.KeepAlive((items, output));
    }

    [Fact]
    public void Shapes_that_cannot_be_split_are_refused()
    {
        var shape = new PagedAttentionShape(4, 2, 8, 8, 16, DType.F32, DType.F32, 1, 0, 0, false, 32);
        PortableBackend.Make(new PagedAttention(shape));
        PagedAttentionShape[] wrong =
        [
            shape with { KeyHeads = 3 }, shape with { BlockSize = 8 }, shape with { KeyType = DType.Q4_0 },
            shape with { KeyType = DType.Q8_0 }, shape with { ValueType = DType.I8 },
        ];
        Assert.All(wrong, of => Assert.Throws<NotSupportedException>(() => PortableBackend.Make(new PagedAttention(of))));
    }
}
