using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Tests.Optimizers;

/// <summary>A few parameters of odd sizes with random values, and how they are computed.</summary>
internal static class OptimizerCase
{
    public static void OnOneThread(int count, Action<int> call)
    {
        for (var i = 0; i < count; i++) call(i);
    }

    public static void OnThreads(int count, Action<int> call) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 7 }, call);

    public static ParameterSet Parameters(int seed)
    {
        var set = new ParameterSet(new Dictionary<string, long[]>
        {
            ["token_embd.weight"] = [13, 9],
            ["blk.0.attn_norm.weight"] = [9],
            ["blk.0.attn_q.weight"] = [411, 173],
            ["blk.0.attn_q.bias"] = [411],
            ["output.weight"] = [13, 9],
        });
        var random = new Random(seed);
        foreach (var parameter in set.All) Fill(ParameterSet.Of(set.Values, parameter).AsSpan<float>(), random);
        return set;
    }

    public static void NewGradients(ParameterSet set, int seed)
    {
        var random = new Random(seed);
        foreach (var parameter in set.All) Fill(ParameterSet.Of(set.Gradients, parameter).AsSpan<float>(), random);
    }

    public static float[] Values(ParameterSet set, string name) =>
        ParameterSet.Of(set.Values, set[name]).AsSpan<float>().ToArray();

    public static float[] Gradients(ParameterSet set, string name) =>
        ParameterSet.Of(set.Gradients, set[name]).AsSpan<float>().ToArray();

    /// <summary>Every optimizer, by name.</summary>
    public static Optimizer Create(string name, ParameterSet set, WeightDecay decay) => name switch
    {
        "adamw" => new AdamW(set, decay),
        "sgd" => new MomentumSgd(set, decay),
        "nesterov" => new MomentumSgd(set, decay, nesterov: true),
        "lion" => new Lion(set, decay),
        _ => new Muon(set, decay),
    };

    private static void Fill(Span<float> values, Random random)
    {
        foreach (ref var value in values) value = (float)(random.NextDouble() - 0.5);
    }
}
