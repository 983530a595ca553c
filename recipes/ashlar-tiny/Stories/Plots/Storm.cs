namespace Ashlar.Tiny.Stories.Plots;

/// <summary>Bad weather comes; A and B help each other with something that keeps them safe, and A is afraid no more.</summary>
internal static class Storm
{
    private static readonly (string Weather, string Tool, string Use)[] All =
    [
        ("Dark clouds came up, and it began to rain", "umbrella", "They sat under {T} and stayed dry."), ("It grew cold, and snow began to fall", "blanket", "They put {T} around them and were warm."),
        ("Night came, and there was no moon", "candle", "They lit {T}, and it was not dark any more."), ("A strong wind blew, and the mist came", "whistle", "They blew {T}, again and again, and so they found the way."),
        ("There was thunder and lightning", "drum", "They beat {T} louder than the thunder, and had to laugh."), ("It grew so hot that the grass was dry", "bottle", "They drank from {T} and felt better."),
    ];

    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var (weather, noun, use) = draw.Pick(All);
        var tool = Cast.Named(draw, noun);
        var place = draw.Other(Cast.Places, t.World.PlaceOf(hero));
        t.Role('T', tool);
        var friend = Common.Meet(t, 'B', place, hero);
        var isHeros = draw.Chance(50);
        t.Begin(isHeros ? hero : friend, tool);
        if (isHeros) t.Say("{A} had {T.a}. [\"You never know,\" {A.he} said.|{A} always had it with {A.him}.]");
        t.Say("One [day|evening] {A} wanted to visit {B!}, {B.a}.", "{A.his} friend {B!}, {B.a}, was waiting for {A.him}.");
        Common.Go(t, hero, 'Q', place);
        t.Tell(new(Deed.Talk, hero, friend), "{B!} was glad to see {A!}. They [played|talked] for a long time.", "\"There you are!\" said {B!}. They [sat down|sang a song].");
        t.Pause();
        t.Say(weather + ".", "Suddenly everything changed. " + weather + ".");
        t.Say("{A!} was afraid. \"I want to go home,\" {A.he} said.", "\"I do not like this,\" said {A!} in a small voice.", "{B!} was afraid. \"What shall we do?\" {B.he} asked.", "They looked at each other. Both of them were afraid.");
        if (isHeros) t.Tell(new(Deed.Use, hero, Thing: tool), "Then {A!} thought of {T}. " + use, "\"I have {T.a}!\" said {A!}. " + use);
        else t.Tell(new(Deed.Use, friend, Thing: tool), "Then {B!} brought {T.a}. " + use, "\"Look, I have {T.a},\" said {B!}. " + use);
        t.Say("After a while it was over, and the sun came out.", "They told each other stories until it was over.", "So the time went by, and in the end the sky was clear again.");
        t.Say("\"With you I am not afraid,\" said {A!}.", "\"Together it was not so bad,\" {B!} said.", "\"We were brave,\" said {A!}, and {B!} nodded.");
        Common.End(t);
        return (hero, tool, place);
    }
}
