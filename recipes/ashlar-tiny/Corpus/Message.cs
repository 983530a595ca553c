namespace Ashlar.Tiny.Corpus;

/// <summary>A message of a conversation.</summary>
internal readonly record struct Message(string Role, string Content)
{
    public static Message User(string content) => new("user", content);

    public static Message Assistant(string content) => new("assistant", content);
}
