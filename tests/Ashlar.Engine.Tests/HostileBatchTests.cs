using Ashlar.Models;

namespace Ashlar.Engine.Tests;

/// <summary>A batch that is wrong is refused by name on every instruction set, and the next one is computed as ever.</summary>
public class HostileBatchTests
{
    private const int Length = 40;

    public static TheoryData<string, string> Cases { get; } =
        InstructionSets.With("synthetic:llama-tiny:q4_0", "synthetic:gpt2-tiny:f16");

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_out_of_range_is_named_and_the_next_batch_has_the_same_bits(string name, string set)
    {
        using var model = LanguageModel.Load(name);
        using var pass = InstructionSets.Pass(model, Length, threads: 2, sequences: 2, set);
        int[] tokens = [1, 2, 3, 4, 5], positions = [0, 1, 2, 0, 1], sequences = [0, 0, 0, 1, 1], outputs = [2, 4];
        var expected = Run();
        Assert.All(expected, logit => Assert.True(float.IsFinite(logit)));
        foreach (var bad in new[] { -1, int.MinValue, int.MaxValue })
        {
            Refused(bad, 1, tokens, "token id", pass.Vocabulary);
            Refused(bad, 1, positions, "position", Length);
            Refused(bad, 1, sequences, "sequence", 2);
            RefusedOutput(bad);
        }

        Refused(pass.Vocabulary, 4, tokens, "token id", pass.Vocabulary);
        Refused(Length, 4, positions, "position", Length);
        Refused(2, 0, sequences, "sequence", 2);
        RefusedOutput(5);
        RefusedOutput(Length);
        Throws(() => pass.Run([], [], [], [], []));
        Throws(() => pass.Run(tokens, positions.AsSpan(1), sequences, outputs, new float[2 * pass.Vocabulary]));
        Throws(() => pass.Run(tokens, positions, sequences.AsSpan(1), outputs, new float[2 * pass.Vocabulary]));
        Throws(() => pass.Run(tokens, positions, sequences, outputs, new float[2 * pass.Vocabulary - 1]));
        Throws(() => pass.Run([1, 2], Length - 1, new float[pass.Vocabulary]));
        Throws(() => pass.Run([1, 2], int.MaxValue, new float[pass.Vocabulary]));
        Throws(() => pass.Run([1], -1, new float[pass.Vocabulary]));

        void Refused(int bad, int place, int[] where, string what, int limit)
        {
            var good = where[place];
            where[place] = bad;
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => Run());
            Assert.Equal(what, error.ParamName);
            Assert.Contains($"must be from 0 to {limit - 1}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"{bad}", error.Message, StringComparison.Ordinal);
            where[place] = good;
            Assert.Equal(expected, Run());
        }

        void RefusedOutput(int bad)
        {
            outputs[1] = bad;
            var error = Assert.Throws<InvalidOperationException>(() => Run());
            Assert.Contains("'outputs' I32 (outputs): ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($"there is no row {bad} among 5", error.Message, StringComparison.Ordinal);
            outputs[1] = 4;
            Assert.Equal(expected, Run());
        }

        void Throws(Action action)
        {
            Assert.ThrowsAny<ArgumentException>(action);
            Assert.Equal(expected, Run());
        }

        float[] Run()
        {
            var logits = new float[2 * pass.Vocabulary];
            pass.Run(tokens, positions, sequences, outputs, logits);
            return logits;
        }
    }
}
