namespace Ashlar.Engine;

/// <summary>
/// An adapter cannot be loaded as things stand: its name is taken, no place is free, or its rank is too large. A server answers 400.
/// </summary>
public sealed class AdapterRefusedException : InvalidOperationException
{
    internal AdapterRefusedException(string message)
        : base(message)
    {
    }
}
