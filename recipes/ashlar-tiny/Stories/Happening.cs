namespace Ashlar.Tiny.Stories;

/// <summary>What can happen.</summary>
internal enum Deed
{
    /// <summary>The story begins with somebody at a place, with something lying at a place, or with somebody who has something.</summary>
    Begin,

    /// <summary>Somebody goes to a place.</summary>
    Go,

    /// <summary>Somebody takes something that lies where they are.</summary>
    Take,

    /// <summary>Somebody gives what they have to somebody who is there.</summary>
    Give,

    /// <summary>Somebody leaves what they have where they are.</summary>
    Drop,

    /// <summary>Somebody uses what they have.</summary>
    Use,

    /// <summary>Somebody talks with somebody who is there.</summary>
    Talk,

    /// <summary>What somebody has is gone: it was eaten, or became part of something else.</summary>
    UseUp,

    /// <summary>Something new comes to be in somebody's hands.</summary>
    Make,

    /// <summary>Somebody cannot go away any more.</summary>
    Stick,

    /// <summary>Somebody frees somebody who is there and was stuck.</summary>
    Free,
}

/// <summary>Something that happened.</summary>
internal sealed record Happening(Deed Deed, Being? Who, Being? Other = null, Thing? Thing = null, Place? Where = null);
