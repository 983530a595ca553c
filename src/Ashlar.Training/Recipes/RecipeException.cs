namespace Ashlar.Training.Recipes;

/// <summary>A recipe that says something wrong; the message names file, line and key.</summary>
public sealed class RecipeException : FormatException
{
    /// <summary>An error with a message for whoever wrote the recipe.</summary>
    public RecipeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
