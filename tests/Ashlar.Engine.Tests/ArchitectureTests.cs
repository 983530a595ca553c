using System.Runtime.InteropServices;
using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

public class ArchitectureTests
{
    private static readonly int[] Tokens =
        [1, 17, 93, 5, 64, 120, 33, 2, 77, 101, 9, 48, 56, 110, 3, 29, 88, 71, 14, 99, 62, 40, 7, 125, 11, 83, 36, 54, 19, 105, 66, 23];

    [Theory]
    [InlineData("llama-dense")]
    [InlineData("llama-moe")]
    [InlineData("mistral3-dense")]
    [InlineData("qwen2-dense")]
    [InlineData("qwen3-dense")]
    [InlineData("qwen3moe-moe")]
    [InlineData("gemma3-dense")]
    [InlineData("gpt2-dense")]
    public void Logits_agree_with_the_reference_in_one_pass_and_token_by_token(string name)
    {
        using var model = LanguageModel.Load(Conformance.Path("architectures", $"{name}.gguf"));
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Conformance.Path("architectures", $"{name}.logits.f32"))).ToArray();

        var atOnce = new float[expected.Length];
        using (var pass = new ForwardPass(model, Tokens.Length, threads: 2)) pass.RunAll(Tokens, 0, atOnce);
        Assert.InRange(NormalizedError(atOnce, expected), 0, 1e-5);

        var oneByOne = new float[expected.Length];
        using (var pass = new ForwardPass(model, Tokens.Length, threads: 1))
        {
            for (var i = 0; i < Tokens.Length; i++) pass.Run([Tokens[i]], i, oneByOne.AsSpan(i * pass.Vocabulary, pass.Vocabulary));
        }

        Assert.Equal(atOnce, oneByOne);
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
