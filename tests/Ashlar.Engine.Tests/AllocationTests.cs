using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

/// <summary>Nothing else may run meanwhile: the bytes of all threads are counted.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private const int Steps = 200;

    public static TheoryData<string, string> Cases { get; } =
        [.. from model in (string[])["llama-tiny:q4_0", "qwen3-tiny:q8_0", "gemma3-tiny:q4_k_m", "gpt2-tiny:f16"]
            from set in (string[])["avx512-bf16", "avx2", "portable"]
            select (model, set)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_decode_step_allocates_nothing(string name, string set)
    {
        using var model = LanguageModel.Load($"synthetic:{name}");
        Check(model, name, set);
    }

    [Theory]
    [InlineData("avx512-bf16")]
    [InlineData("avx2")]
    [InlineData("portable")]
    public void A_decode_step_of_experts_allocates_nothing(string set)
    {
        using var model = LanguageModel.Load(Conformance.Path("architectures", "qwen3moe-moe.gguf"));
        Check(model, "qwen3moe", set);
    }

    private static void Check(LanguageModel model, string name, string set)
    {
        foreach (var (sequences, threads) in (ReadOnlySpan<(int, int)>)[(1, 1), (3, 1), (1, 2), (3, 2)])
        {
            using var pass = InstructionSets.Pass(model, 3 * Steps, threads, sequences, set);
            int[] tokens = [.. Enumerable.Range(1, sequences)];
            var positions = new int[sequences];
            int[] numbers = [.. Enumerable.Range(0, sequences)];
            var logits = new float[sequences * pass.Vocabulary];
            for (var i = 0; i < Steps; i++) Step();
            var (own, all) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
            for (var i = 0; i < Steps; i++) Step();
            var (ownAfter, allAfter) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
            Assert.True(
                ownAfter == own, $"{name} on {set}, {sequences} sequences: {(double)(ownAfter - own) / Steps} bytes a step");
            // The runtime and the test's own reporting may allocate now and then; a step that does would show in every one.
            Assert.True(
                allAfter - all < 32 * Steps, $"{name} on {set}, {threads} threads: {allAfter - all} bytes in all threads");

            void Step()
            {
                pass.Run(tokens, positions, numbers, numbers, logits);
                for (var i = 0; i < positions.Length; i++) positions[i]++;
            }
        }
    }
}
