using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Tests.Optimizers;

public class OptimizerTests
{
    private const double Rate = 0.01, DecayRate = 0.1, Scale = 0.25;

    public static TheoryData<string> Names => ["adamw", "sgd", "nesterov", "lion", "muon"];

    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    [InlineData("nesterov")]
    [InlineData("lion")]
    public void Steps_are_those_of_the_papers_formulas_in_double_precision(string name)
    {
        var set = OptimizerCase.Parameters(seed: 1);
        var oracle = new FormulaOracle(name, set, Rate, DecayRate);
        var optimizer = OptimizerCase.Create(name, set, new WeightDecay(DecayRate));
        for (var step = 1; step <= 5; step++)
        {
            OptimizerCase.NewGradients(set, seed: 100 + step);
            oracle.Step(Scale);
            optimizer.Step(Rate, Scale, OptimizerCase.OnOneThread);
            foreach (var parameter in set.All)
            {
                var (expected, actual) = (oracle.Values(parameter.Name), OptimizerCase.Values(set, parameter.Name));
                for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_the_bits(string name)
    {
        var (alone, together) = (OptimizerCase.Parameters(seed: 2), OptimizerCase.Parameters(seed: 2));
        foreach (var (set, forEach) in ((ParameterSet, ForEach)[])
            [(alone, OptimizerCase.OnOneThread), (together, OptimizerCase.OnThreads)])
        {
            var optimizer = OptimizerCase.Create(name, set, new WeightDecay(DecayRate));
            for (var step = 0; step < 3; step++)
            {
                OptimizerCase.NewGradients(set, seed: step);
                optimizer.Step(Rate, 1, forEach);
            }

            (optimizer as IDisposable)?.Dispose();
        }

        Assert.True(alone.Values.AsSpan<byte>().SequenceEqual(together.Values.AsSpan<byte>()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_gradients_only_what_may_decay_shrinks(string name)
    {
        var set = OptimizerCase.Parameters(seed: 3);
        var before = set.All.ToDictionary(parameter => parameter.Name, parameter => OptimizerCase.Values(set, parameter.Name));
        var optimizer = OptimizerCase.Create(name, set, new WeightDecay(DecayRate));
        optimizer.Step(Rate, 1, OptimizerCase.OnOneThread);
        foreach (var (parameter, kept) in ((string, float)[])
            [("blk.0.attn_q.weight", 0.999f), ("output.weight", 0.999f), ("token_embd.weight", 1), ("blk.0.attn_norm.weight", 1),
                ("blk.0.attn_q.bias", 1)])
        {
            Assert.Equal(before[parameter].Select(value => value * kept), OptimizerCase.Values(set, parameter));
        }

        (optimizer as IDisposable)?.Dispose();
    }

    [Fact]
    public void Embeddings_decay_where_they_are_told_to()
    {
        var set = OptimizerCase.Parameters(seed: 4);
        var before = OptimizerCase.Values(set, "token_embd.weight");
        new AdamW(set, new WeightDecay(DecayRate, Embeddings: true)).Step(Rate, 1, OptimizerCase.OnOneThread);
        Assert.Equal(before.Select(value => value * 0.999f), OptimizerCase.Values(set, "token_embd.weight"));
    }

    [Fact]
    public void Padding_between_parameters_stays_zero()
    {
        var set = OptimizerCase.Parameters(seed: 5);
        OptimizerCase.NewGradients(set, seed: 6);
        new AdamW(set, new WeightDecay(DecayRate)).Step(Rate, 1, OptimizerCase.OnOneThread);
        var norm = set["blk.0.attn_norm.weight"];
        var values = set.Values.AsSpan<float>();
        Assert.All(values.Slice((int)(norm.Start + norm.Elements), 7).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused()
    {
        var set = OptimizerCase.Parameters(seed: 7);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(set, WeightDecay.None, beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lion(set, WeightDecay.None, beta2: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new AdamW(set, WeightDecay.None).Step(double.NaN, 1, OptimizerCase.OnOneThread));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new AdamW(set, WeightDecay.None).Step(1, double.PositiveInfinity, OptimizerCase.OnOneThread));
    }
}
