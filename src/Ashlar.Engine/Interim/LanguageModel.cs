namespace Ashlar.Models;

/// <summary>Stands in for the model until it is there.</summary>
public sealed class LanguageModel : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
