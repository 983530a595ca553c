namespace Ashlar.Server.Tests.Access;

/// <summary>A server that asks for a key.</summary>
public sealed class LockedServer : StoriesServer
{
    protected override ServerOptions Options => new() { Port = 0, ApiKeys = ["first-key", "second-key"] };
}
