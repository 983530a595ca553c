namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A wants a present for B and gets it by swapping one thing for another.</summary>
internal static class Gift
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var home = t.World.PlaceOf(hero);
        var house = draw.Other(Cast.Places, home);
        var market = draw.Other(Cast.Places, home, house);
        var friend = Common.Meet(t, 'B', house, hero);
        var trader = Common.Meet(t, 'C', market, hero, friend);
        var own = Cast.Toy(draw);
        Thing gift;
        do gift = Cast.Toy(draw);
        while (gift.Noun == own.Noun);
        t.Role('T', own);
        t.Role('W', gift);
        t.Role('H', house);
        t.Begin(hero, own);
        t.Begin(trader, gift);
        t.Say("{A.his} best friend was {B!}, {B.a}. {B!} lived {H.in}.", "{A!} had a friend, {B.a} [named|called] {B!}, who lived {H.in}.");
        t.Say("Tomorrow was {B!}'s birthday, and {A!} had no present.", "It was {B!}'s birthday. \"What can I give {B.him}?\" {A!} thought.", "{B!} was ill and had to stay in bed. {A!} wanted to make {B.him} happy.");
        t.Say("All that {A!} had was {T.a}.", "{A!} only had {T.a}.");
        t.Pause();
        Common.Go(t, hero, 'Q', market);
        t.Say("{C!} was there, {C.a} with {W.a}.", "There stood {C.a} [named|called] {C!}. {C!} had {W.a}.");
        t.Say("\"{B!} would love that,\" thought {A!}.", "It was just what {B!} had always wanted.");
        t.Tell(new(Deed.Talk, hero, trader), "\"Will you give me {W} for my {T.my}?\" asked {A!}.", "\"Shall we swap?\" {A!} asked and showed {C!} {T}.");
        t.Tell(new(Deed.Give, hero, trader, own), "{C!} looked at {T} and nodded. {A!} gave it away.", "\"Gladly,\" said {C!} and took {T}.");
        t.Tell(new(Deed.Give, trader, hero, gift), "Then {C!} gave {W} to {A!}.", "{C!} put {W} into {A!}'s hands.");
        t.Pause();
        Common.Go(t, hero, 'H', house);
        t.Tell(new(Deed.Talk, hero, friend), "\"This is for you,\" {A!} said to {B!}.", "\"Close your eyes,\" said {A!}. {B!} closed {B.his} eyes.", "\"Happy is who has a friend,\" said {A!}. \"Look, {B!}!\"");
        t.Tell(new(Deed.Give, hero, friend, gift), "{A!} gave {B.him} {W}.", "And {A!} gave {W} to {B!}.");
        t.Say("{B!} [could not believe it|jumped for joy|had never been so happy].", "\"{W.a}!\" cried {B!}. \"Thank you!\"");
        t.Maybe(50, "{A!} did not miss {T} at all.", "Then they [sang|ate cake|sat together] until it was dark.");
        Common.End(t);
        return (hero, gift, market);
    }
}
