using Ashlar.Engine;

namespace Ashlar.Server.Generation;

/// <summary>What one choice of an answer has gained.</summary>
/// <param name="Index">Which choice, from 0.</param>
/// <param name="Text">Text to append; may be empty.</param>
/// <param name="FinishReason">Set with the last update of the choice.</param>
internal readonly record struct ChoiceUpdate(int Index, string Text, FinishReason? FinishReason);
