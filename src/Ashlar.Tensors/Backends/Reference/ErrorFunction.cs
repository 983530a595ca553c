namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The error function, which .NET lacks, to about 1e-15.</summary>
internal static class ErrorFunction
{
    /// <summary>
    /// Kummer's series 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!! (DLMF 7.6.2): all terms have one sign, so nothing
    /// cancels.
    /// </summary>
    public static double Of(double x)
    {
        const double IndistinguishableFromOne = 6;
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) >= IndistinguishableFromOne) return Math.CopySign(1, x);

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
