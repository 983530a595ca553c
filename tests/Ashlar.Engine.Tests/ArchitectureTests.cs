using System.Runtime.InteropServices;
using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

public class ArchitectureTests
{
    private static readonly int[] Tokens =
        [1, 17, 93, 5, 64, 120, 33, 2, 77, 101, 9, 48, 56, 110, 3, 29, 88, 71, 14, 99, 62, 40, 7, 125,
            11, 83, 36, 54, 19, 105, 66, 23];

    public static TheoryData<string, string> Models { get; } = InstructionSets.With(
        "llama-dense", "llama-moe", "mistral3-dense", "qwen2-dense", "qwen3-dense", "qwen3moe-moe", "gemma3-dense", "gpt2-dense");

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_agree_with_the_reference_in_one_pass_and_token_by_token(string name, string set)
    {
        using var model = LanguageModel.Load(Conformance.Path("architectures", $"{name}.gguf"));
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Conformance.Path("architectures", $"{name}.logits.f32")))
            .ToArray();

        var atOnce = new float[expected.Length];
        using (var pass = InstructionSets.Pass(model, Tokens.Length, threads: 2, sequences: 1, set))
        {
            pass.RunAll(Tokens, 0, atOnce);
        }

        Assert.InRange(NormalizedError(atOnce, expected), 0, 1e-5);

        var oneByOne = new float[expected.Length];
        using (var pass = InstructionSets.Pass(model, Tokens.Length, threads: 1, sequences: 1, set))
        {
            for (var i = 0; i < Tokens.Length; i++)
            {
                pass.Run([Tokens[i]], i, oneByOne.AsSpan(i * pass.Vocabulary, pass.Vocabulary));
            }
        }

        Assert.Equal(atOnce, oneByOne);
    }

    [Theory]
    [InlineData("llama-dense")]
    [InlineData("qwen3moe-moe")]
    [InlineData("gemma3-dense")]
    [InlineData("gpt2-dense")]
    public void Chunks_strangers_and_threads_do_not_change_a_bit(string name)
    {
        using var model = LanguageModel.Load(Conformance.Path("architectures", $"{name}.gguf"));
        var expected = new float[Tokens.Length * model.Configuration.VocabularySize];
        using (var pass = new ForwardPass(model, Tokens.Length, threads: 1)) pass.RunAll(Tokens, 0, expected);

        // The same sequence as number 2 of 3, seven tokens at a time, each time between tokens of strangers.
        var actual = new float[expected.Length];
        using (var pass = new ForwardPass(model, Tokens.Length, threads: 2, sequences: 3))
        {
            for (var from = 0; from < Tokens.Length; from += 7)
            {
                var chunk = Tokens.AsSpan(from, Math.Min(7, Tokens.Length - from)).ToArray();
                int[] tokens = [Tokens[^(from + 1)], .. chunk, 5, 6];
                int[] positions = [from / 7, .. Enumerable.Range(from, chunk.Length), from / 7 * 2, from / 7 * 2 + 1];
                int[] sequences = [0, .. Enumerable.Repeat(2, chunk.Length), 1, 1];
                pass.Run(
                    tokens, positions, sequences, [.. Enumerable.Range(1, chunk.Length)], actual.AsSpan(from * pass.Vocabulary));
            }
        }

        Assert.Equal(expected, actual);
    }

    // mean((a - b)^2) / mean(b^2)
    private static double NormalizedError(float[] actual, float[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double error = 0, power = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(actual[i] - expected[i], 2);
            power += Math.Pow(expected[i], 2);
        }

        return error / power;
    }
}
