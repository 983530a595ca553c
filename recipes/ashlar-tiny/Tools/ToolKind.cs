namespace Ashlar.Tiny.Tools;

/// <summary>A parameter of a tool.</summary>
/// <param name="Slot">What it is called in requests.</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Names">The names that it may have: a model must read them from the tool.</param>
internal sealed record ToolParameter(string Slot, string Kind, params string[] Names);

/// <summary>A tool, under several names, with requests that ask for it.</summary>
/// <param name="Names">Names that it may have.</param>
/// <param name="Description">What it does.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Trained">Requests that are trained on.</param>
/// <param name="Deeds">What is asked for, as an order; a frame makes a request of it, which is trained on too.</param>
/// <param name="HeldOut">Requests that are not.</param>
/// <param name="Result">What it gives back, a JSON object in which {number} is drawn.</param>
/// <param name="Reply">What is said of the result.</param>
internal sealed record ToolKind(
    string[] Names, string Description, ToolParameter[] Parameters, string[] Trained, string[] Deeds, string[] HeldOut,
    string Result, string Reply);
