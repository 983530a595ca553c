namespace Ashlar.Engine;

/// <summary>The sizes that an engine is made in.</summary>
/// <param name="ContextLength">Tokens of a sequence at most.</param>
/// <param name="Blocks">Blocks of the cache.</param>
/// <param name="BlocksOfSequence">Blocks of a sequence at most.</param>
internal readonly record struct EngineSize(int ContextLength, int Blocks, int BlocksOfSequence);
