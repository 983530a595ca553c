namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A takes a thing of B's without asking, feels bad, and gives it back.</summary>
internal static class Borrowed
{
    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var home = t.World.PlaceOf(hero);
        var place = draw.Other(Cast.Places, home);
        var friend = Common.Meet(t, 'B', place, hero);
        var thing = Cast.Toy(draw);
        t.Role('T', thing);
        t.Role('H', home);
        t.Begin(friend, thing);
        Common.Go(t, hero, 'Q', place);
        t.Say("There lived {B!}, a {B.such}. {B!} had {T.a}.", "{B!} the {B.such} was there and showed everybody {T.a}.");
        t.Say("{A!} had never seen such a fine {T.my}.", "\"I wish I had {T.a},\" thought {A!}.");
        t.Tell(new(Deed.Drop, friend, Thing: thing), "{B!} put {T} down and fell asleep in the sun.", "Then {B!} laid {T} on a stone and [went swimming|looked the other way].");
        t.Tell(new(Deed.Take, hero, Thing: thing), "{A!} looked left and right. Then {A.he} took {T}.", "Quietly {A!} took {T} and hid it under {A.his} coat.", "{A!} could not help it. {A.he} took {T}.");
        Common.Go(t, hero, 'H', home);
        t.Pause();
        t.Say("But {A!} could not be happy. {A.he} thought of {B!} all the time.", "At home {A!} looked at {T}, but it was no fun.", "That night {A!} could not sleep.");
        t.Say("In the morning {A!} heard that {B!} was looking for {T} everywhere.", "\"{B!} must be very sad now,\" thought {A!}.", "\"What have I done?\" said {A!}.");
        Common.Go(t, hero, 'Q', place);
        t.Tell(new(Deed.Talk, hero, friend), "\"{B!}, I took your {T.my},\" said {A!}. \"I am sorry.\"", "\"I did something bad,\" {A!} said with a red face.", "{A!} told {B!} everything.");
        t.Tell(new(Deed.Give, hero, friend, thing), "{A!} gave {T} back.", "And {A!} put {T} into {B!}'s hands.");
        t.Say("{B!} was quiet for a while. Then {B.he} smiled. \"It was brave of you to tell me,\" {B.he} said.", "\"Next time just ask,\" said {B!}. \"Then we can play together.\"", "\"I am glad that you came back,\" said {B!}. \"Friends?\" \"Friends,\" said {A!}.");
        Common.End(t);
        return (hero, thing, place);
    }
}
