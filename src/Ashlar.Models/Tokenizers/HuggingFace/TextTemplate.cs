namespace Ashlar.Models.Tokenizers;

/// <summary>What goes before and behind a text.</summary>
internal sealed record TextTemplate(int[] Prefix, int[] Suffix);
