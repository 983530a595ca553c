namespace Ashlar.Server;

/// <summary>A low-rank adapter that a server offers beside its model.</summary>
/// <param name="Name">The name by which requests ask for it, 1 to 256 characters; no model and no other adapter has it.</param>
/// <param name="Path">A folder that PEFT wrote, or a GGUF file.</param>
public sealed record ServedAdapter(string Name, string Path);
