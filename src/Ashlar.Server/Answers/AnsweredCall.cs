using System.Text;

namespace Ashlar.Server.Answers;

/// <summary>A tool call of an answer.</summary>
/// <param name="Id">What names it in the results that come back.</param>
/// <param name="Name">The tool.</param>
internal sealed record AnsweredCall(string Id, string Name)
{
    /// <summary>The arguments, a JSON object, as far as they have come.</summary>
    public StringBuilder Arguments { get; } = new();
}
