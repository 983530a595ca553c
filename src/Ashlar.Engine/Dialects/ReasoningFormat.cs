namespace Ashlar.Engine.Dialects;

/// <summary>How a model marks what it thinks before it answers.</summary>
/// <param name="Open">What begins it, one of these.</param>
/// <param name="Close">What ends it.</param>
/// <param name="Frames">Marks of the answer, which are no part of it.</param>
internal sealed record ReasoningFormat(IReadOnlyList<string> Open, string Close, params IReadOnlyList<string> Frames)
{
    // In the order in which a template is searched for them.
    private static readonly ReasoningFormat[] Known =
    [
        new(["<|START_THINKING|>"], "<|END_THINKING|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>"),
        new(["[THINK]"], "[/THINK]"),
        new(["<seed:think>"], "</seed:think>"),
        new(["Here is my thought process:", "Here's my thought process:"], "Here is my response:"),
        new(["<think>"], "</think>"),
    ];

    /// <summary>The format that a template speaks of; null for none.</summary>
    public static ReasoningFormat? Of(string template)
    {
        var found = Known.FirstOrDefault(
            format => template.Contains(format.Open[0], StringComparison.Ordinal)
                || template.Contains(format.Close, StringComparison.Ordinal));
        return found is not null && template.Contains("<response>", StringComparison.Ordinal)
            ? found with { Frames = ["<response>", "</response>"] } // Granite 3.3
            : found;
    }

    /// <summary>All texts that the format is known by.</summary>
    public IEnumerable<string> Texts => [.. Open, Close, .. Frames];

    /// <summary>Whether a prompt ends within reasoning, which the output goes on with.</summary>
    public bool IsOpenIn(string prompt)
    {
        var end = prompt.AsSpan().TrimEnd();
        foreach (var open in Open)
        {
            if (end.EndsWith(open)) return true;
        }

        return false;
    }
}
