namespace Ashlar.Cli.Conversation;

/// <summary>The lines of a conversation that are for the program.</summary>
internal static class ChatCommands
{
    public const string Help = "/clear forgets what was said, /system TEXT gives instructions, /exit ends.";
}
