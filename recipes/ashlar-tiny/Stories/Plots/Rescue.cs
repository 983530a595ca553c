namespace Ashlar.Tiny.Stories.Plots;

/// <summary>B is stuck somewhere; A hears it, fetches what helps, and frees B.</summary>
internal static class Rescue
{
    private static readonly (string Stuck, string Tool, string Help)[] Ways =
    [
        ("had fallen into a deep hole", "rope", "{A!} let {T} down and pulled until {B!} was out."),
        ("sat high up in a tree and could not come down", "ladder", "{A!} put {T} against the tree, and {B!} climbed down."),
        ("was stuck in the mud", "plank", "{A!} laid {T} over the mud, and {B!} crawled to the dry land."),
        ("was caught in a net", "knife", "{A!} cut the net with {T}, and {B!} was free."),
        ("stood on a stone in the middle of the water", "boat", "{A!} rowed {T} to the stone, and {B!} jumped in."),
        ("was locked up in a shed", "key", "{A!} turned {T} in the lock, and the door opened."),
        ("had a foot under a heavy log", "pole", "{A!} lifted the log with {T}, and {B!} pulled the foot out."),
    ];

    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var home = t.World.PlaceOf(hero);
        var (stuck, noun, help) = draw.Pick(Ways);
        var place = draw.Other(Cast.Places, home);
        var tool = Cast.Named(draw, noun);
        t.Role('T', tool);
        var friend = Common.Meet(t, 'B', place, hero);
        t.World.Do(new(Deed.Stick, friend));
        t.Say("One [day|evening|morning] {A} [went for a walk|was on {A.his} way].", "One [day|morning] {A} was [looking for berries|chasing a butterfly|out for a walk].");
        Common.Go(t, hero, 'Q', place);
        t.Say("\"Help! Help!\" somebody cried.", "There {A} heard somebody [call|cry] for help.", "Suddenly {A} heard a [small|thin|loud] voice. \"Help me!\" it said.");
        t.Say($"It was {{B!}}, a {{B.such}}. {{B}} {stuck}.", $"{{B!}} the {{B.such}} {stuck}.");
        t.Tell(new(Deed.Talk, hero, friend), $"\"Do not be afraid, {{B!}},\" said {{A!}}. \"I need a {noun}. I will be back soon.\"", $"\"Wait here,\" {{A!}} said. \"I will get a {noun}.\"");
        t.Pause();
        var shed = draw.Chance(50) ? home : draw.Other(Cast.Places, place, home);
        t.Role('P', shed);
        if (draw.Chance(60))
        {
            t.Begin(shed, tool);
            Common.Go(t, hero, 'P', shed);
            t.Tell(new(Deed.Take, hero, Thing: tool), "{A} found {T.a} there and took it.", "There lay {T.a}. {A} took it.");
        }
        else
        {
            var owner = Common.Meet(t, 'C', shed, hero, friend);
            t.Begin(owner, tool);
            Common.Go(t, hero, 'P', shed);
            t.Tell(new(Deed.Talk, hero, owner), "{A!} asked {C!}, {C.a}, for help.", "There was {C!}, {C.a}. \"{B!} needs help!\" said {A!}.");
            t.Tell(new(Deed.Give, owner, hero, tool), "\"Take my {T.my},\" said {C!} and gave it to {A!}.", "{C!} gave {A!} {T.a}.");
        }

        t.Role('Q', place);
        Common.Go(t, hero, 'Q', place);
        t.World.Do(new(Deed.Use, hero, Thing: tool));
        t.Tell(new(Deed.Free, hero, friend), help, "\"Here I am!\" said {A!}. " + help);
        t.Say("\"Thank you, {A!}!\" said {B!}. \"You saved me.\"", "{B!} thanked {A!} [again and again|with tears in {B.his} eyes].", "\"You are a true friend,\" said {B!}.");
        t.Maybe(40, "They [went home together|walked back side by side].", "Since then they met every [day|week|Sunday].");
        Common.End(t);
        return (hero, tool, place);
    }
}
