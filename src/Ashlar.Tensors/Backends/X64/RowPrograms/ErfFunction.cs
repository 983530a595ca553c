namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// erf(x): an odd polynomial near 0; elsewhere 1 - exp(-q(|x|)) with the sign of x, where q is a polynomial for -log(erfc). The
/// greatest error measured is 0.95 units in the last place.
/// </summary>
internal static class ErfFunction
{
    private const float NearZero = 0.925f, IndistinguishableFromOne = 4f;

    /// <summary>erf(x).</summary>
    public static Operand ErrorFunction(this VectorCode code, Operand x)
    {
        var magnitude = code.RawMinimum(Operand.Of(IndistinguishableFromOne), code.Absolute(x));
        var logarithm = code.Polynomial(
            magnitude, -0.00017468331498093903f, 1.1295149326324463f, 0.6333469152450562f, 0.10828007757663727f,
            -0.025119418278336525f, 0.004171059001237154f, -0.00043446177733130753f, 2.10949747270206e-05f);
        var complement = code.Exponential(code.Negate(logarithm));
        var far = code.Or(code.Subtract(Operand.Of(1f), complement), code.Sign(x));
        var square = code.Multiply(x, x);
        var near = code.MultiplyAdd(x, code.Polynomial(
            square, 0.128379166126251f, -0.37612631916999817f, 0.11283684521913528f, -0.026858782395720482f,
            0.005199517589062452f, -0.0008125678286887705f, 8.298778266180307e-05f), x);
        return code.Choose(Comparison.LessThan, magnitude, Operand.Of(NearZero), near, far);
    }
}
