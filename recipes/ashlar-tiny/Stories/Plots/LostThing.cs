namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A loses something, looks for it, asks somebody who has seen or found it, and has it again.</summary>
internal static class LostThing
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var thing = Cast.Toy(draw);
        t.Role('T', thing);
        t.Begin(hero, thing);
        t.Say("{A} had {T.a}. [It was {A.his} favourite thing.|{A} took it everywhere.|{A} loved it very much.]", "{A} had {T.a} and [took it everywhere|never went out without it|played with it every day].");
        var lost = draw.Other(Cast.Places, t.World.PlaceOf(hero));
        var home = t.World.PlaceOf(hero);
        t.Pause();
        t.Say("One [morning|day|afternoon] {A} [was bored|wanted to see something new|felt like a walk].", "One [morning|day|evening], {A} [packed a small bag|put on {A.his} shoes|got up early].");
        Common.Go(t, hero, 'L', lost);
        t.Tell(
            new(Deed.Drop, hero, Thing: thing), "{A} [played|rested|danced|slept] there for a while and {T} fell into the grass.",
            "{A} put {T} down to [drink some water|tie a shoe|look at a bird] and forgot it there.", "There {A} [tripped|jumped over a stone] and dropped {T}, but {A.he} did not see it.");
        Common.Go(t, hero, 'P', home);
        t.Say("At home {A} looked into {A.his} bag. {T} was gone!", "When {A} was home again, {T} was gone.", "At home {A} wanted to [show|see|hold] {T}, but it was not there.");
        t.Say("{A} was [very |so |]sad.", "{A} [began to cry|sat down and cried].", "\"Oh no!\" said {A}. \"My {T.my} is lost!\"");
        t.Pause();
        var asked = draw.Other(Cast.Places, home, lost);
        Common.Go(t, hero, 'Q', asked);
        var friend = Common.Meet(t, 'B', draw.Chance(40) ? lost : asked, hero);
        if (t.World.PlaceOf(friend) == asked) Helped(t, hero, friend, thing, lost);
        else Found(t, hero, friend, thing, lost);
        Common.End(t);
        return (hero, thing, lost);
    }

    // Somebody remembers where the thing was last seen.
    private static void Helped(Teller t, Being hero, Being friend, Thing thing, Place lost)
    {
        t.Tell(
            new(Deed.Talk, hero, friend), "There {A!} met {B!}, a {B.such}. \"Have you seen my {T.my}?\" asked {A!}.",
            "{B.a} [named|called] {B!} was there. \"I have lost my {T.my},\" {A!} said.");
        t.Say("\"Did you look {L.in}?\" asked {B!}.", "\"Where did you play last?\" asked {B!}. {A!} thought [hard|about it]. \"I was {L.in}!\" {A.he} said.", "{B!} said, \"Think of where you went. Were you not {L.in}?\"");
        Common.Go(t, hero, 'L', lost);
        if (t.Draw.Chance(50))
        {
            t.World.Do(new(Deed.Go, friend, Where: lost));
            t.Say("{B!} came along to help.", "{B!} came too.");
        }

        t.Tell(
            new(Deed.Take, hero, Thing: thing), "And there, [in the grass|under a leaf|behind a stone], lay {T}. {A!} picked it up and held it tight.", "{A!} looked [left and right|under every leaf] and found {T}!",
            "Something shone in the grass. It was {T}! {A!} took it and laughed.");
    }

    // Somebody has found the thing and gives it back.
    private static void Found(Teller t, Being hero, Being friend, Thing thing, Place lost)
    {
        t.Say("{A} looked everywhere, but {T} was not there.", "But {T} was not there.");
        Common.Go(t, hero, 'L', lost);
        t.World.Do(new(Deed.Take, friend, Thing: thing));
        t.Say("There sat {B.a} [named|called] {B!} with {T} in {B.his} hands.", "{B.a} was there, and {B.he} held {T}. {B.his} name was {B!}.");
        t.Tell(new(Deed.Talk, hero, friend), "\"That is my {T.my}!\" said {A!}.", "\"Please, this is mine,\" {A!} said. \"I lost it here.\"");
        t.Tell(
            new(Deed.Give, friend, hero, thing), "\"Then you shall have it,\" said {B!} and gave {T} back.", "{B!} smiled and gave {T} to {A!}. \"I kept it safe for you,\" {B.he} said.",
            "\"I am glad you came,\" said {B!}, and put {T} into {A!}'s hands.");
        t.Maybe(60, "\"Thank you!\" said {A!}. [They became friends.|They played until the evening.|\"Come and visit me.\"]");
    }
}
