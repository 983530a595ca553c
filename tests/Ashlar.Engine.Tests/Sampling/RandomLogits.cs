namespace Ashlar.Engine.Tests.Sampling;

/// <summary>Logits with what makes trouble: equals, forbidden tokens, far outliers.</summary>
internal static class RandomLogits
{
    public static float[] Make(Random random, int vocabulary)
    {
        var spread = random.Next(4) switch { 0 => 0.01f, 1 => 1, 2 => 5, _ => 60 };
        var logits = new float[vocabulary];
        for (var i = 0; i < vocabulary; i++)
        {
            logits[i] = (float)((random.NextDouble() + random.NextDouble() - 1) * spread);
            if (random.Next(8) == 0) logits[i] = MathF.Round(logits[i]);
            if (random.Next(10) == 0 && i > 0) logits[i] = float.NegativeInfinity;
        }

        return logits;
    }
}
