namespace Ashlar.Tiny.Stories.Plots;

/// <summary>A makes something to eat of what friends have, and shares it.</summary>
internal static class Baking
{
    private static readonly (string Dish, string Look, string[] Needs)[] Dishes =
    [
        ("cake", "big", ["flour", "honey", "butter", "eggs"]), ("soup", "hot", ["water", "carrots", "salt", "beans"]), ("pie", "round", ["apples", "flour", "butter", "sugar"]),
        ("bread", "warm", ["flour", "salt", "water", "seeds"]), ("salad", "fresh", ["plums", "nuts", "berries", "pears"]), ("pudding", "sweet", ["milk", "sugar", "rice", "berries"]),
    ];

    public static (Being, Thing, Place) Tell(Teller t)
    {
        var draw = t.Draw;
        var hero = Common.Open(t);
        var home = t.World.PlaceOf(hero);
        var (dish, look, all) = draw.Pick(Dishes);
        var needs = draw.Some(all, 2).Select(need => new Thing(need, "fresh")).ToArray();
        var food = new Thing(dish, look);
        t.Role('T', food);
        t.Role('X', needs[0]);
        t.Role('Y', needs[1]);
        t.Role('H', home);
        t.Say("One day {A} wanted to make {T.a}. For that {A.he} needed {X.my} and {Y.my}.", "{A} was hungry. \"I will make {T.a},\" {A.he} said. \"But I have no {X.my} and no {Y.my}.\"");
        var helpers = new Being[2];
        for (var i = 0; i < 2; i++)
        {
            var letter = "BC"[i];
            var place = draw.Other(Cast.Places, home, i == 0 ? home : t.World.PlaceOf(helpers[0]));
            helpers[i] = Common.Meet(t, letter, place, i == 0 ? [hero] : [hero, helpers[0]]);
            t.Role('F', helpers[i]);
            t.Role('N', needs[i]);
            t.Begin(helpers[i], needs[i]);
            Common.Go(t, hero, 'Q', place);
            t.Tell(new(Deed.Talk, hero, helpers[i]), "There {A!} met {F!}, {F.a}. \"Do you have some {N.my}?\" {A.he} asked.", "\"Good day, {F!},\" {A!} said to the {F.such}. \"I need some {N.my}.\"", "{F!} the {F.such} was at home. \"May I have some {N.my}?\" asked {A!}.");
            t.Tell(new(Deed.Give, helpers[i], hero, needs[i]), "\"Here you are,\" said {F!} and gave {A.him} {N}.", "{F!} gave {A!} a bag with {N.my}.", "\"Take as much as you like,\" said {F!}. So {A!} got {N}.");
        }

        t.Pause();
        Common.Go(t, hero, 'H', home);
        foreach (var need in needs) t.World.Do(new(Deed.UseUp, hero, Thing: need));
        t.Tell(new(Deed.Make, hero, Thing: food), "{A} mixed {X} and {Y} in a pot, and soon {T} was done.", "{A} worked all [afternoon|morning]. At last {T} was ready.", "{A} took {X} and {Y} and made {T.a}.");
        t.Say("It smelled [wonderful|so good].", "What a smell!");
        foreach (var helper in helpers) t.World.Do(new(Deed.Go, helper, Where: home));
        t.Say("{A} asked {B!} and {C!} to come. They came at once.", "Soon {B!} and {C!} knocked at the door.");
        t.Tell(new(Deed.UseUp, hero, Thing: food), "They ate {T} together until nothing was left.", "{A!} shared {T} with them, and they ate it up.");
        t.Maybe(50, "\"This is the best {T.my} in the world,\" said {B!}.", "\"Next time we make it together,\" said {C!}.");
        Common.End(t);
        return (hero, food, home);
    }
}
