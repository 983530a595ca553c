namespace Ashlar.Engine.Sampling;

internal sealed class Sampler;
