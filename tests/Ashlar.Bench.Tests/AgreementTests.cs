using Ashlar.Bench.Quality;

namespace Ashlar.Bench.Tests;

public class AgreementTests
{
    // Two tokens of a vocabulary of two, with probabilities of one to three.
    private static readonly int[][] Text = [[0, 1]];
    private static readonly float[] Original = [0, MathF.Log(3), 0, MathF.Log(3)];

    [Fact]
    public void A_model_agrees_with_itself()
    {
        var agreement = Agreement.Of(Text, Original, Original);

        Assert.Equal(4 / 3.0, agreement.Perplexity, 1e-6);
        Assert.Equal(0, agreement.Divergence, 1e-6);
        Assert.Equal(1, agreement.SameToken);
    }

    [Fact]
    public void Divergence_is_the_mean_over_positions_of_what_the_other_distribution_costs()
    {
        // At the first position both are equally likely: 1/4 log(1/4 / 1/2) + 3/4 log(3/4 / 1/2), and as before at the second.
        var agreement = Agreement.Of(Text, [1, 1, 7, 7 + MathF.Log(3)], Original);

        Assert.Equal((0.25 * Math.Log(0.5) + 0.75 * Math.Log(1.5)) / 2, agreement.Divergence, 1e-6);
        Assert.Equal(2, agreement.Perplexity, 1e-6);
        Assert.Equal(0.5, agreement.SameToken);
    }
}
