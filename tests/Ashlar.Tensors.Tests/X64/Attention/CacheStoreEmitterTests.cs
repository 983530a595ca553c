using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.Attention;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Cache writes as emitted: every byte, and those beside it that must stay.</summary>
public sealed unsafe class CacheStoreEmitterTests
{
    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Random_tokens_are_rounded_and_written_to_their_places_and_nowhere_else(string name)
    {
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var type = ((DType[])[DType.F32, DType.F16, DType.BF16])[seed % 3];
            var (keyHeads, size, tokens) = (random.Next(1, 5), random.Next(1, 70), random.Next(1, 40));
            var stride = keyHeads * size + random.Next(3);
            var rows = 16 * random.Next(3, 6);
            var (isTransposed, from) = (random.Next(2) == 0, random.Next(tokens));
            var to = random.Next(from, tokens + 1);
            var store = new CacheStore(keyHeads, size, type, isTransposed, stride);
            var what = $"seed {seed}, {store.Key}, tokens {from} to {to}, {rows} rows";
            var numbers = new float[tokens * stride];
            foreach (ref var number in numbers.AsSpan()) number = Number(random);
            var slots = Enumerable.Range(0, rows).ToArray();
            random.Shuffle(slots);

            var bytes = type == DType.F32 ? 4 : 2;
            using var cache = new GuardedBlock((long)rows * keyHeads * size * bytes);
            using var input = GuardedBlock.Of<float>(numbers);
            using var places = GuardedBlock.Of<int>(slots);
            CacheStoreEmitter.Emit(store, set)
                .Invoke([(long)cache.Pointer, (long)input.Pointer, (long)places.Pointer], from, to);

            cache.Check(what);
            var expected = new byte[cache.Bytes.Length];
            expected.AsSpan().Fill(0xFF);
            var image = new CacheImage(type, isTransposed, keyHeads, size);
            for (var token = from; token < to; token++)
            {
                image.Put(expected, slots[token], numbers.AsSpan(token * stride, keyHeads * size));
            }

            for (var i = 0; i < expected.Length; i++)
            {
                if (expected[i] == cache.Bytes[i]) continue;
                Assert.Fail($"{what}: byte {i} is {cache.Bytes[i]:X2}, not {expected[i]:X2}");
            }
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Not_a_number_stays_such(string name)
    {
        var set = InstructionSets.Require(name);
        var numbers = Enumerable.Range(0, 48).Select(i => BitConverter.Int32BitsToSingle(
            (i % 2 == 0 ? 0x7F800001 : unchecked((int)0xFFFFFFFF)) + (i % 2 == 0 ? i << 12 : -(i << 10)))).ToArray();
        Assert.All(numbers, number => Assert.True(float.IsNaN(number)));
        foreach (var type in new[] { DType.F32, DType.F16, DType.BF16 })
        {
            // Of pairs of rows the token's numbers are every second one.
            var step = type == DType.BF16 ? 2 : 1;
            using var cache = new GuardedBlock(16 * 48 * 4);
            cache.Bytes.Clear();
            using var input = GuardedBlock.Of<float>(numbers);
            using var places = GuardedBlock.Of<int>([0]);
            CacheStoreEmitter.Emit(new CacheStore(1, 48, type, false, 48), set)
                .Invoke([(long)cache.Pointer, (long)input.Pointer, (long)places.Pointer], 0, 1);
            var decoded = new float[48 * step];
            NumberFormats.Dequantize(type, cache.Bytes[..(int)type.ByteLength(48 * step)], decoded);
            for (var i = 0; i < 48; i++) Assert.True(float.IsNaN(decoded[i * step]), $"{type}: {decoded[i * step]}");
        }
    }

    // Every magnitude, subnormals, ties and numbers too large for the type among them.
    private static float Number(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => float.NegativeInfinity,
        2 => (random.Next(-4096, 4096) + 0.5f) / 1024,
        3 => BitConverter.Int32BitsToSingle((random.Next() & 0x7F7F0000) | 0x8000), // a tie
        4 => (float)Math.Pow(2, random.Next(-149, 20)) * (1 + random.NextSingle()),
        _ => random.NextSingle() * 4 - 2,
    };
}
