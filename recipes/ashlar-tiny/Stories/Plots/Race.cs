namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A and B race for a prize; one of them stops to help somebody, and what counts in the end is not who was first.</summary>
internal static class Race
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var start = t.World.PlaceOf(hero);
        var goal = draw.Other(Cast.Places, start);
        var middle = draw.Other(Cast.Places, start, goal);
        var rival = Common.Meet(t, 'B', start, hero);
        var judge = Common.Meet(t, 'C', goal, hero, rival);
        var small = Common.Meet(t, 'D', middle, hero, rival, judge);
        var prize = Cast.Toy(draw);
        t.Role('T', prize);
        t.Role('M', middle);
        t.Role('L', goal);
        t.Begin(judge, prize);
        t.Tell(new(Deed.Talk, rival, hero), "\"I am faster than you,\" {B!}, {B.a}, said one day to {A!}.", "One day {B!} the {B.such} said to {A!}, \"Let us race to {L}!\"");
        t.Say("The prize was {T.a}, and {C!}, {C.a}, waited with it {L.in}.", "{C!}, {C.a}, stood {L.in} with {T.a} for the winner.");
        t.Say("[One, two, three, go!|Ready? Go!] They ran as fast as they could.", "\"Go!\" and off they ran.");
        t.Pause();
        t.World.Do(new(Deed.Go, rival, Where: middle));
        t.World.Do(new(Deed.Go, hero, Where: middle));
        t.Say("When they came to {M}, they saw {D!}, {D.a}, who had [fallen|hurt a foot|lost the way].", "{M.in} sat {D!}, {D.a}. {D!} was crying.");
        t.World.Do(new(Deed.Go, rival, Where: goal));
        t.Say("{B!} did not stop. {B.he} ran on.", "\"No time!\" called {B!} and ran on.");
        t.Tell(new(Deed.Talk, hero, small), "But {A!} stopped. \"Let me help you,\" {A.he} said.", "{A!} stopped at once. \"What is the matter?\" {A.he} asked.");
        t.World.Do(new(Deed.Go, hero, Where: goal));
        t.World.Do(new(Deed.Go, small, Where: goal));
        t.Say("{A!} took {D!} by the hand, and slowly they went to {L}.", "{A!} carried {D!} all the way to {L}.", "Side by side, {A!} and {D!} came to {L}.");
        t.Say("{B!} had been there for a long time. \"I won!\" {B.he} said.", "There stood {B!}. \"I was first,\" said {B!}.");
        t.Pause();
        t.Say("{C!} looked at {A!} and {D!}, and smiled.", "{D!} told {C!} what had happened.");
        if (draw.Chance(60))
        {
            t.Tell(new(Deed.Give, judge, hero, prize), "\"Who helps is the true winner,\" said {C!} and gave {T} to {A!}.", "\"The prize is for a good heart,\" said {C!}, and {A!} got {T}.");
            t.Maybe(60, "{B!} was ashamed. \"Next time I will stop too,\" {B.he} said.");
        }
        else
        {
            t.Tell(new(Deed.Give, judge, rival, prize), "{B!} got {T}, for {B.he} was first.", "{C!} gave {T} to {B!}.");
            t.Tell(new(Deed.Give, rival, hero, prize), "But {B!} thought of {D!} and gave {T} to {A!}. \"You are the better one,\" {B.he} said.", "Then {B!} turned red. \"{A!} should have it,\" {B.he} said and gave {T} to {A!}.");
        }

        Common.End(t);
        return (hero, prize, goal);
    }
}
