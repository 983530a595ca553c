namespace Ashlar.Training.Parameters;

/// <summary>A run of elements of one parameter that one task computes.</summary>
/// <param name="Parameter">Whose elements they are.</param>
/// <param name="Start">The first, in every buffer of the set; a multiple of <see cref="ParameterSet.Alignment"/>.</param>
/// <param name="Length">How many, padding included; a multiple of <see cref="ParameterSet.Alignment"/>.</param>
internal readonly record struct ParameterPart(Parameter Parameter, long Start, int Length);
