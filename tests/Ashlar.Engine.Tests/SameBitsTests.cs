using Ashlar.Models;

namespace Ashlar.Engine.Tests;

/// <summary>A token's logits do not depend on what is computed beside it, nor by how many threads.</summary>
public class SameBitsTests
{
    private const int Length = 150;

    public static TheoryData<string, string> Cases { get; } = InstructionSets.With(
        "llama-tiny:q4_0", "llama-tiny:q8_0", "llama-tiny:q4_k_m", "llama-tiny:q6_k", "llama-tiny:bf16", "llama-tiny:f16",
        "llama-tiny:f32", "gemma3-tiny:q4_0", "qwen3-tiny:q8_0", "gpt2-tiny:f16");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Chunks_strangers_and_threads_do_not_change_a_bit(string name, string set)
    {
        using var model = LanguageModel.Load($"synthetic:{name}");
        var random = new Random(7);
        var tokens = new int[Length];
        foreach (ref var token in tokens.AsSpan()) token = random.Next(1, 250);
        var expected = Chunks(model, set, tokens, Length, threads: 1, strangers: 0);
        foreach (var (chunk, threads, strangers) in (ReadOnlySpan<(int, int, int)>)
            [(1, 1, 0), (7, 2, 0), (64, 1, 0), (Length, 2, 0), (64, 5, 2), (7, 1, 15), (1, 2, 2)])
        {
            var actual = Chunks(model, set, tokens, chunk, threads, strangers);
            Assert.True(
                expected.AsSpan().SequenceEqual(actual),
                $"{name} on {set}: chunks of {chunk}, {threads} threads, {strangers} strangers change bits");
        }
    }

    // The logits of the last token of every tenth part of the prompt, bit by bit.
    private static int[] Chunks(LanguageModel model, string set, int[] tokens, int chunk, int threads, int strangers)
    {
        using var pass = InstructionSets.Pass(model, Length + 10, threads, strangers + 1, set);
        var bits = new List<int>();
        var random = new Random(chunk + strangers);
        var lengths = new int[strangers];
        for (var from = 0; from < tokens.Length; from += chunk)
        {
            var count = Math.Min(chunk, tokens.Length - from);
            var own = strangers / 2;
            List<int> ids = [], positions = [], sequences = [];
            for (var sequence = 0; sequence <= strangers; sequence++)
            {
                var stranger = sequence < own ? sequence : sequence - 1;
                var some = sequence == own ? count : lengths[stranger] > Length ? 0 : random.Next(1, 4);
                for (var i = 0; i < some; i++)
                {
                    ids.Add(sequence == own ? tokens[from + i] : random.Next(1, 250));
                    positions.Add(sequence == own ? from + i : lengths[stranger]++);
                    sequences.Add(sequence);
                }
            }

            var first = sequences.IndexOf(own);
            int[] wanted = [.. Enumerable.Range(from, count).Where(i => i % 10 == 9).Select(i => first + i - from)];
            var logits = new float[wanted.Length * pass.Vocabulary];
            pass.Run([.. ids], [.. positions], [.. sequences], wanted.Length == 0 ? [first] : wanted,
                wanted.Length == 0 ? new float[pass.Vocabulary] : logits);
            bits.AddRange(logits.Select(BitConverter.SingleToInt32Bits));
        }

        return [.. bits];
    }
}
