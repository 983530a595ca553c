namespace Ashlar.Server.Infill;

/// <summary>A piece of another file, for the model to know what surrounds its own.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Text">The piece.</param>
internal sealed record ExtraFile(string Name, string Text);
