using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Tests.Reference;
using Ashlar.Tensors.Tests.X64;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Heads that are turned by their token's position, and rows that are written into the cache.</summary>
public sealed class TokenRowTests
{
    [Fact]
    public void Pairs_turn_by_their_angles_and_the_rest_passes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var layout = random.Next(2) == 0 ? RotaryLayout.Halves : RotaryLayout.Interleaved;
            var (tokens, heads, size) = (random.Next(1, 6), random.Next(1, 5), random.Next(1, 70));
            var (pairs, positions, stride) = (random.Next(size / 2 + 1), random.Next(1, 20), heads * size + random.Next(3));
            var x = Guarded.Random(random, DType.F32, (tokens - 1) * stride + heads * size);
            var places = Guarded.Indices(random, positions, tokens);
            var angles = Guarded.Random(random, DType.F32, positions, 2, pairs);
            var actual = Run(
                random, new RotaryRows(heads, size, pairs, layout, stride), tokens, [(DType.F32, [tokens, heads, size])],
                addresses => [Address(x), addresses[0], Address(places), Address(angles)])[0];
            var expected = new double[tokens * heads * size];
            for (var i = 0; i < tokens * heads; i++)
            {
                var head = x.AsSpan<float>().Slice(i / heads * stride + i % heads * size, size);
                var turns = angles.AsSpan<float>().Slice(places.AsSpan<int>()[i / heads] * 2 * pairs, 2 * pairs);
                for (var j = 0; j < size; j++) expected[i * size + j] = head[j];
                for (var pair = 0; pair < pairs; pair++)
                {
                    var (a, b) = layout == RotaryLayout.Interleaved ? (2 * pair, 2 * pair + 1) : (pair, pair + pairs);
                    var (cosine, sine) = ((double)turns[pair], (double)turns[pair + pairs]);
                    expected[i * size + a] = head[a] * cosine - head[b] * sine;
                    expected[i * size + b] = head[a] * sine + head[b] * cosine;
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            Reference.Kernel.AssertClose(expected, actual, 2e-6);
            GC.KeepAlive((x, places, angles));
        }
    }

    [Fact]
    public void Tokens_go_to_their_slots_and_nothing_else_changes()
    {
        DType[] types = [DType.F32, DType.F16, DType.BF16, DType.Q8_0];
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (type, isTransposed) = (types[random.Next(4)], random.Next(2) == 0);
            var (heads, size, parts) = (random.Next(1, 4), random.Next(1, 40), random.Next(1, 4));
            if (type == DType.Q8_0) size = 32 * random.Next(1, 4);
            var (elements, rows) = (heads * size, parts * 16);
            var (tokens, stride) = (random.Next(rows + 1), elements + random.Next(3));
            var x = Guarded.Random(random, DType.F32, Math.Max(0, (tokens - 1) * stride + elements));
            var slots = Enumerable.Range(0, rows).ToArray();
            random.Shuffle(slots);
            var places = TensorData.From<int>(slots.AsSpan(0, tokens));
            var before = Guarded.Random(random, type, rows * elements);
            var actual = Run(
                random, new CacheStore(heads, size, type, isTransposed, stride), tokens, [(type, [rows * elements])],
                addresses => [addresses[0], Address(x), Address(places)],
                states => before.AsSpan<byte>().CopyTo(states[0].AsSpan<byte>()))[0];
            var expected = before.AsSpan<byte>().ToArray();
            var image = new CacheImage(type, isTransposed, heads, size);
            for (var token = 0; token < tokens; token++)
            {
                image.Put(expected, slots[token], x.AsSpan<float>().Slice(token * stride, elements));
            }

            var same = actual.AsSpan<byte>().SequenceEqual(expected);
            Assert.True(same, $"seed {seed}: {type} {heads} x {size}, transposed {isTransposed}");
            GC.KeepAlive((x, places));
        }
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        var random = new Random(1);
        var x = Guarded.Random(random, DType.F32, 4, 2, 64);
        var places = Guarded.Indices(random, 16, 4);
        var angles = Guarded.Random(random, DType.F32, 16, 2, 32);
        var output = Guarded.Poisoned(DType.F32, 16, 2, 64).Data;
        foreach (var layout in Enum.GetValues<RotaryLayout>())
        {
            var rotary = new RotaryRows(2, 64, 32, layout, 128);
            Assert.Equal(0, Allocated(rotary, 4, Address(x), Address(output), Address(places), Address(angles)));
        }

        foreach (var type in new[] { DType.F32, DType.F16, DType.BF16, DType.Q8_0 })
        {
            var store = new CacheStore(2, 64, type, isTransposed: true, 128);
            Assert.Equal(0, Allocated(store, 4, Address(output), Address(x), Address(places)));
        }

        GC.KeepAlive((x, places, angles, output));
    }

    [Fact]
    public void Caches_of_other_types_and_of_parts_of_blocks_are_refused()
    {
        foreach (var (size, type) in new[] { (32, DType.Q4_0), (48, DType.Q8_0) })
        {
            var store = new CacheStore(2, size, type, isTransposed: true, 2 * size);
            Assert.Throws<NotSupportedException>(() => PortableBackend.Make(store));
        }
    }
}
