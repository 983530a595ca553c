using Ashlar.Models;

namespace Ashlar.Engine.Tests;

/// <summary>The instruction sets that kernels are made of, each in turn.</summary>
internal static class InstructionSets
{
    /// <summary>Every set by name, those that this processor has not included.</summary>
    public static string[] Names { get; } = ["portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16"];

    /// <summary>Each model with each set.</summary>
    public static TheoryData<string, string> With(params string[] models)
    {
        var data = new TheoryData<string, string>();
        foreach (var model in models)
        {
            foreach (var set in Names) data.Add(model, set);
        }

        return data;
    }

    /// <summary>A forward pass of the set; skips the test where the processor has it not.</summary>
    public static ForwardPass Pass(LanguageModel model, int contextLength, int threads, int sequences, string set)
    {
        try
        {
            return new ForwardPass(model, contextLength, threads, sequences, set);
        }
        catch (NotSupportedException error) when (error.Message.Contains(set, StringComparison.Ordinal))
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}
