using Ashlar.Training.Optimizers;

namespace Ashlar.Training.Tests.Optimizers;

public class MuonTests
{
    [Theory]
    [InlineData(24, 17)]
    [InlineData(17, 24)]
    [InlineData(16, 16)]
    public void Directions_have_singular_values_near_one_along_those_of_the_momentum(int rows, int columns)
    {
        var random = new Random(rows);
        using var orthogonalization = new Orthogonalization(rows, columns, threads: 1);
        var given = orthogonalization.Input.AsSpan<float>();
        for (var i = 0; i < given.Length; i++) given[i] = (float)(random.NextDouble() - 0.5);
        var result = orthogonalization.Run().AsSpan<float>().ToArray();

        // Along random directions of the shorter side, lengths stay near one.
        var inner = rows < columns ? rows : columns;
        for (var trial = 0; trial < 20; trial++)
        {
            var direction = Enumerable.Range(0, inner).Select(_ => random.NextDouble() - 0.5).ToArray();
            var length = Math.Sqrt(direction.Sum(x => x * x));
            var (squares, along) = (0.0, 0.0);
            for (var other = 0; other < rows + columns - inner; other++)
            {
                var (sum, of) = (0.0, 0.0);
                for (var i = 0; i < inner; i++)
                {
                    var place = rows < columns ? (i * columns) + other : (other * columns) + i;
                    sum += result[place] * direction[i] / length;
                    of += given[place] * direction[i] / length;
                }

                squares += sum * sum;
                along += sum * of;
            }

            Assert.InRange(Math.Sqrt(squares), 0.5, 1.3);
            Assert.True(along > 0, "the direction is against the momentum");
        }
    }

    [Fact]
    public void Matrices_move_by_a_step_of_the_size_of_AdamWs_and_the_rest_by_AdamW_itself()
    {
        var (muon, adam) = (OptimizerCase.Parameters(seed: 8), OptimizerCase.Parameters(seed: 8));
        var before = OptimizerCase.Values(muon, "blk.0.attn_q.weight");
        OptimizerCase.NewGradients(muon, seed: 9);
        OptimizerCase.NewGradients(adam, seed: 9);
        using var optimizer = new Muon(muon, WeightDecay.None);
        optimizer.Step(0.01, 1, OptimizerCase.OnOneThread);
        new AdamW(adam, WeightDecay.None).Step(0.01, 1, OptimizerCase.OnOneThread);

        foreach (var name in (string[])["token_embd.weight", "output.weight", "blk.0.attn_q.bias", "blk.0.attn_norm.weight"])
        {
            Assert.Equal(OptimizerCase.Values(adam, name), OptimizerCase.Values(muon, name));
        }

        var moved = OptimizerCase.Values(muon, "blk.0.attn_q.weight").Zip(before, (now, then) => (double)now - then).ToArray();
        Assert.InRange(Math.Sqrt(moved.Average(step => step * step)) / 0.01, 0.1, 0.3);
    }
}
