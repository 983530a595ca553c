namespace Ashlar.Cli;

/// <summary>The arguments are wrong; the message names the argument and the mend.</summary>
internal sealed class UsageException(string message) : Exception(message);
