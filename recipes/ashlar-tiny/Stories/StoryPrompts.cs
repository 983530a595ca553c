using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Stories;

/// <summary>Asks for stories.</summary>
internal static class StoryPrompts
{
    private static readonly string[] Trained =
    [
        "Tell me a story about {hero} and {thing}.", "Tell [me |]a story about {hero}.", "Write a [|short ]story about {hero} and {thing}.",
        "[Please tell|Can you tell] me a story about {hero}[.|?]", "I want a story [about|with] {hero} and {thing}.", "A story about {hero}, please.",
        "Tell me a [|short ]story with {thing}.", "Tell me a story that happens {place}.", "Write a story in which {hero} is {place}.",
        "Tell me about {hero} named {name}.", "Tell me a story about {name} the {kind}.", "Tell me a story.", "A story, please.", "Do you know a story about {hero}?",
        "Tell me a [bedtime |]story about {hero} and {thing}.",
    ];

    private static readonly string[] HeldOut =
        ["Could you tell me a story about {hero} and {thing}?", "I would like to hear a story about {hero}.", "Make up a story with {hero} and {thing}."];

    /// <summary>A request that the story answers.</summary>
    public static string Ask(Story story, Draw draw, bool heldOut)
    {
        var kind = story.Hero.Kind;
        return Phrase.Say(
            draw, draw.Pick(heldOut ? HeldOut : Trained), ("hero", (kind[0] == 'o' ? "an " : "a ") + kind), ("kind", kind), ("name", story.Hero.Name),
            ("thing", draw.Chance(50) ? story.Thing.WithArticle : Article(story.Thing.Noun)), ("place", story.Place.Inside));
    }

    private static string Article(string noun) => (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;
}
