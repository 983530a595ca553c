namespace Ashlar.Training.Parameters;

/// <summary>
/// Calls a function once for each number below a count, in any order and several at once; returns when all calls have.
/// <c>Executable.ForEach</c> of Ashlar.Tensors is one; a plain loop is another.
/// </summary>
/// <param name="count">How many numbers, from 0 on.</param>
/// <param name="call">The function.</param>
public delegate void ForEach(int count, Action<int> call);
