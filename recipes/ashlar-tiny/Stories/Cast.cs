using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Stories;

/// <summary>Who and what may be in a story.</summary>
internal static class Cast
{
    public static readonly string[] Animals =
    [
        "fox", "bear", "rabbit", "mouse", "owl", "cat", "dog", "hen", "frog", "hedgehog", "squirrel", "duck", "goat", "turtle", "badger", "pig",
        "sheep", "pony", "crow", "deer", "wolf", "swan", "mole", "otter",
    ];

    public static readonly string[] People = ["girl", "boy", "farmer", "baker", "miller", "old man", "old woman", "shepherd", "fisher", "gardener"];

    public static readonly Place[] Places =
    [
        new("the forest", "in"), new("the meadow", "in"), new("the garden", "in"), new("the barn", "in"), new("the river", "by"),
        new("the pond", "by"), new("the hill", "on"), new("the market", "at"), new("the mill", "at"), new("the beach", "on"),
        new("the bridge", "on"), new("the village", "in"), new("the old tower", "in"), new("the orchard", "in"), new("the well", "by"),
        new("the harbour", "at"), new("the school", "at"), new("the station", "at"), new("the field", "in"), new("the lake", "by"),
    ];

    public static readonly string[] Toys =
    [
        "kite", "ball", "bell", "hat", "book", "cup", "drum", "scarf", "shell", "feather", "flute", "button", "coin", "spoon", "ring", "doll",
        "wheel", "candle", "stone", "whistle", "mirror", "box", "crown", "clock", "basket",
    ];

    public static readonly string[] Foods = ["apple", "pear", "cake", "carrot", "pie", "cookie", "nut", "cheese", "plum", "bun"];

    private static readonly string[] Looks =
        ["red", "blue", "green", "golden", "silver", "small", "big", "old", "new", "round", "shiny", "little", "yellow", "white", "pretty", "heavy"];

    private static readonly string[] FoodLooks = ["red", "big", "sweet", "small", "fresh", "round", "yellow", "little"];

    private static readonly string[] Boys =
        ["Tim", "Ben", "Max", "Sam", "Leo", "Finn", "Oscar", "Hugo", "Toby", "Milo", "Jack", "Otto", "Felix", "Rusty", "Bruno", "Pip", "Tom", "Ned"];

    private static readonly string[] Girls =
        ["Mia", "Lily", "Anna", "Rosa", "Emma", "Nina", "Ella", "Lucy", "Daisy", "Ruby", "Clara", "Wilma", "Hazel", "Molly", "Tilly", "Bella", "Ida", "Nell"];

    private static readonly string[] Traits =
        ["brave", "shy", "kind", "curious", "clever", "lazy", "proud", "quiet", "cheerful", "careful", "little", "young", "friendly", "busy", "gentle"];

    /// <summary>Somebody new: nobody else in the story has the name or is of the kind.</summary>
    public static Being Somebody(Draw draw, params ReadOnlySpan<Being> others)
    {
        var known = others.ToArray();
        while (true)
        {
            var kind = draw.Pick(draw.Chance(70) ? Animals : People);
            var isFemale = kind switch { "girl" or "old woman" => true, "boy" or "old man" => false, _ => draw.Chance(50) };
            var trait = kind.StartsWith("old", StringComparison.Ordinal) ? draw.Other(Traits, "little", "young") : draw.Pick(Traits);
            var being = new Being(draw.Pick(isFemale ? Girls : Boys), kind, isFemale, trait);
            if (!known.Any(other => other.Name == being.Name || other.Kind == being.Kind)) return being;
        }
    }

    /// <summary>Something to play with or to keep.</summary>
    public static Thing Toy(Draw draw) => new(draw.Pick(Toys), draw.Pick(Looks));

    /// <summary>Something to eat.</summary>
    public static Thing Food(Draw draw) => new(draw.Pick(Foods), draw.Pick(FoodLooks));

    /// <summary>A thing of a kind.</summary>
    public static Thing Named(Draw draw, string noun) => new(noun, draw.Pick(Looks));
}
