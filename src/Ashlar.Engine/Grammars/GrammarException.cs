namespace Ashlar.Engine.Grammars;

/// <summary>
/// A grammar that is wrong, impossible, too large, or beyond what is supported. The message names the place (a JSON pointer into
/// the schema, or line and column) and the mend.
/// </summary>
public sealed class GrammarException : ArgumentException
{
    /// <summary>An error.</summary>
    /// <param name="place">Where: "#/properties/age/minimum", "line 3, column 7".</param>
    /// <param name="problem">What is wrong there, and what helps.</param>
    internal GrammarException(string place, string problem)
        : base($"{place}: {problem}") => Place = place;

    /// <summary>Where the error is: a JSON pointer of the schema, or line and column of a text.</summary>
    public string Place { get; }
}
