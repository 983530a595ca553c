namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A and B both want one thing, quarrel, and learn to share, or somebody wiser helps.</summary>
internal static class Quarrel
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var place = draw.Other(Cast.Places, t.World.PlaceOf(hero));
        var thing = draw.Chance(60) ? Cast.Toy(draw) : Cast.Food(draw);
        var isFood = Cast.Foods.Contains(thing.Noun);
        var friend = Common.Meet(t, 'B', place, hero);
        t.Role('T', thing);
        t.Begin(place, thing);
        Common.Go(t, hero, 'Q', place);
        t.Say("There {A!} met {B!}, a {B.such}.", "{B!} the {B.such} was there too.");
        t.Tell(new(Deed.Talk, hero, friend), "They [said hello|played together|told each other jokes].", "\"Good morning, {B!},\" said {A!}. \"Good morning, {A!},\" said {B!}.");
        t.Say("Then both of them saw {T.a} on the ground.", "Suddenly they saw {T.a} [in the grass|on a stone|between two stones].");
        t.Tell(new(Deed.Take, hero, Thing: thing), "{A!} was faster and took it.", "{A!} jumped and took it first.");
        t.Say("\"I saw it first!\" cried {B!}. \"No, I did!\" said {A!}.", "\"It is mine!\" said {A!}. \"No, it is mine!\" said {B!}.", "\"Give it to me!\" {B!} shouted. {A!} shook {A.his} head.");
        t.Say("{B!} turned away and was [angry|sad].", "Both of them were [angry|cross]. Nobody said a word.", "{B!} sat down and [cried|looked at the ground].");
        t.Pause();
        if (draw.Chance(50))
        {
            t.Say("{A!} looked at {B!}. Now {T} did not make {A.him} happy any more.", "After a while {A!} felt [sorry|bad]. It is no fun to be alone, {A.he} thought.");
        }
        else
        {
            var wise = Common.Meet(t, 'C', place, hero, friend);
            t.Say("Then {C.a} [named|called] {C!} came by. \"Why are you so quiet?\" {C.he} asked.", "{C!}, {C.a}, had heard it all.");
            t.Tell(new(Deed.Talk, wise, hero), "\"Half of a thing and a friend is more than a whole thing and no friend,\" said {C!}.", "\"If you share, both of you have it,\" said {C!}.");
        }

        t.Tell(new(Deed.Talk, hero, friend), "\"I am sorry,\" said {A!}. \"Let us share.\"", "\"We can share it,\" {A!} said to {B!}.", "\"Come,\" said {A!}, \"it is for both of us.\"");
        if (isFood) t.Tell(new(Deed.UseUp, hero, Thing: thing), "They cut {T} in two and ate it [together|up].", "{A!} broke {T} into two halves, and they ate them side by side.");
        else t.Tell(new(Deed.Give, hero, friend, thing), "{A!} gave {T} to {B!} for a day, and then it was {A!}'s turn again.", "{B!} got {T} first, and {A!} the next day.");
        t.Maybe(50, "\"Now it is [twice as good|much better],\" said {B!}.", "{B!} laughed, and {A!} laughed too.");
        Common.End(t);
        return (hero, thing, place);
    }
}
