namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A wants something that lies where A cannot get it without a tool; somebody lends the tool.</summary>
internal static class Obstacle
{
    private sealed record Hindrance(Place Where, string Tool, string Problem, string Solution);

    private static readonly Hindrance[] All =
    [
        new(new("the cave", "in"), "lantern", "It was too dark to see anything.", "{A} held up {T} and the cave was full of light."),
        new(new("the island", "on"), "boat", "The water was too deep to cross.", "{A} sat down in {T} and crossed the water."),
        new(new("the big tree", "by"), "ladder", "The branch was much too high.", "{A} put {T} against the tree and climbed up."),
        new(new("the garden behind the wall", "in"), "key", "The gate was locked.", "{A} put {T} into the lock and turned it. The gate opened."),
        new(new("the deep hole", "by"), "rope", "It was too deep to jump down.", "{A} tied {T} to a tree and climbed down and up again."),
        new(new("the thick bush", "by"), "stick", "The thorns were long and sharp.", "{A} pushed the thorns away with {T}."),
        new(new("the frozen lake", "on"), "sled", "The ice was too smooth to walk on.", "{A} lay down on {T} and slid over the ice."),
        new(new("the misty moor", "in"), "bell", "The mist was so thick that nobody found the way.", "{A} rang {T}, and by its sound {A.he} found the way."),
    ];

    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var hindrance = draw.Pick(All);
        var wish = draw.Chance(50) ? Cast.Toy(draw) : Cast.Food(draw);
        var tool = Cast.Named(draw, hindrance.Tool);
        t.Role('W', wish);
        t.Role('T', tool);
        t.Role('H', hindrance.Where);
        t.Begin(hindrance.Where, wish);
        t.Say("One day {A} heard of {W.a} that was {H.in}. {A} wanted to have it.", "People said that there was {W.a} {H.in}. {A} wanted to find it.", "More than anything {A} wanted {W.a}. One day a bird told {A.him} that there was one {H.in}.");
        Common.Go(t, hero, 'H', hindrance.Where);
        t.Say("{A} saw {W}. But " + char.ToLowerInvariant(hindrance.Problem[0]) + hindrance.Problem[1..], hindrance.Problem + " {A} could not get {W}.", hindrance.Problem + " {A} tried once, and twice, but it was no use.");
        t.Pause();
        var place = draw.Other(Cast.Places, t.World.PlaceOf(hero));
        var friend = Common.Meet(t, 'B', place, hero);
        t.Begin(friend, tool);
        Common.Go(t, hero, 'Q', place);
        t.Say("There lived {B.a} [named|called] {B!}. {B} had {T.a}.", "{A!} met {B!} there, a {B.such}. {B!} had {T.a}.");
        t.Tell(new(Deed.Talk, hero, friend), "\"Please lend me your {T.my},\" said {A!}.", "\"May I borrow {T}?\" asked {A!}. \"I will bring it back.\"", "{A!} told {B!} about {W}. \"I need {T.a},\" {A.he} said.");
        t.Tell(
            new(Deed.Give, friend, hero, tool), "\"Of course,\" said {B!} and gave {A.him} {T}.", "{B!} [nodded|smiled] and gave {T} to {A!}.", "\"You may have it until tomorrow,\" said {B!}, and {A!} took {T}.");
        Common.Go(t, hero, 'H', hindrance.Where);
        t.Tell(new(Deed.Use, hero, Thing: tool), hindrance.Solution, "Now {A} knew what to do. " + hindrance.Solution);
        t.Tell(new(Deed.Take, hero, Thing: wish), "At last {A} had {W}!", "{A} took {W} and [laughed|shouted with joy|danced].", "And so {A} got {W}.");
        t.Pause();
        Common.Go(t, hero, 'Q', place);
        t.Tell(new(Deed.Give, hero, friend, tool), "{A} gave {T} back to {B!}. \"Thank you,\" {A.he} said.", "{A} brought {T} back, just as {A.he} had said.");
        t.Maybe(60, "\"Well done!\" said {B!}. They looked at {W} together.", "{B!} was glad that {A!} had kept {A.his} word.");
        Common.End(t);
        return (hero, tool, hindrance.Where);
    }
}
