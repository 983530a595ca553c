namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A stranger comes who has nothing; A shares, and later, when A is in need, is given something in return.</summary>
internal static class Guest
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var home = t.World.PlaceOf(hero);
        var food = Cast.Food(draw);
        t.Role('T', food);
        t.Role('H', home);
        t.Begin(hero, food);
        t.Say("One [evening|day] {A} wanted to eat {T.a}.", "One [evening|morning] {A} had only {T.a} left.", "{A} had {T.a} and wanted to eat it.");
        var guest = Common.Meet(t, 'B', home, hero);
        t.Say("Then somebody knocked. It was {B!}, a {B.such}.", "Then {B.a} came by. {B.his} name was {B!}.");
        t.Tell(new(Deed.Talk, guest, hero), "\"I have walked all day and I am so hungry,\" said {B!}.", "\"Do you have something to eat for me?\" asked {B!}.");
        t.Say("{A!} was hungry too. But {A.he} did not think long.", "{A!} looked at {T}, and then at {B!}.");
        if (draw.Chance(50)) t.Tell(new(Deed.UseUp, hero, Thing: food), "{A!} cut {T} in two, and each of them ate one half.", "They shared {T} and ate it together.");
        else
        {
            t.Tell(new(Deed.Give, hero, guest, food), "{A!} gave {T} to {B!}.", "\"Take it,\" said {A!} and gave {B.him} {T}.");
            t.Tell(new(Deed.UseUp, guest, Thing: food), "{B!} ate it all up.", "{B!} ate {T} in no time.");
        }

        t.Say("\"I will not forget this,\" said {B!} and went on.", "{B!} thanked {A!} and said goodbye.");
        var road = draw.Other(Cast.Places, home);
        t.World.Do(new(Deed.Go, guest, Where: road));
        t.Pause();
        var present = Cast.Toy(draw);
        t.Role('W', present);
        t.Role('R', road);
        t.Begin(guest, present);
        t.Say("[Weeks|Many days|Some days] later {A} was [alone and sad|ill|in need of help].", "Winter came, and {A} was [lonely|sad].");
        if (draw.Chance(50))
        {
            t.Tell(new(Deed.Go, guest, Where: home), "Somebody knocked at the door, and there stood {B!} again.", "One morning {B!} came back.");
        }
        else
        {
            Common.Go(t, hero, 'R', road);
            t.Say("And whom did {A.he} meet there? {B!}!", "There {A.he} met {B!} again.");
        }

        t.Tell(new(Deed.Talk, guest, hero), "\"You were good to me,\" said {B!}. \"Now it is my turn.\"", "\"Do you still know me?\" asked {B!}.");
        t.Tell(new(Deed.Give, guest, hero, present), "{B!} gave {A!} {W.a}.", "And {B!} gave {A!} a present. It was {W.a}!");
        t.Say("\"Stay with me,\" said {A!}, and {B!} stayed.", "{A!} held {W} in both hands and smiled.", "\"Thank you, {B!},\" said {A!}.");
        Common.End(t);
        return (hero, food, home);
    }
}
