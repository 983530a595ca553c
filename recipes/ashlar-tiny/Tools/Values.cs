using System.Text.Json.Nodes;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Tools;

/// <summary>What arguments may be: how it is said in a request, and what stands in the call.</summary>
internal static class Values
{
    private const int CoinedShare = 45; // in a hundred

    private static readonly string[] Cities =
    [
        "Rome", "Paris", "London", "Berlin", "Madrid", "Vienna", "Oslo", "Athens", "Tokyo", "Cairo", "Lima", "Delhi", "Bern",
        "Dublin",
        "Prague", "Warsaw", "Lisbon", "Boston", "Sydney", "Seoul", "Milan", "Lyon", "Kyoto", "Quito",
    ];

    private static readonly string[] People =
    [
        "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Ida", "Jack", "Kate", "Leo", "Maria", "Noah", "Olga",
        "Paul",
        "Rosa", "Sam", "Tom", "Vera",
    ];

    private static readonly string[] Things =
    [
        "milk", "bread", "apples", "cheese", "eggs", "rice", "tea", "honey", "soap", "paper", "a lamp", "a chair", "a book",
        "a ball", "a hat",
        "a cake", "red paint", "blue shoes", "green beans", "warm socks",
    ];

    private static readonly string[] Messages =
    [
        "I am late", "see you soon", "dinner is ready", "happy birthday", "good night", "the train is here", "call me back",
        "I am at home",
        "the cake is done", "bring the red book", "meet me at the station", "thank you for the tea",
    ];

    private static readonly string[] Songs =
        ["Morning Light", "Blue River", "The Old Mill", "Winter Song", "Little Bird", "Golden Hour", "Over the Hill",
            "Silver Moon"];

    private static readonly string[] Rooms = ["kitchen", "hall", "bedroom", "garden", "office", "bathroom", "cellar",
        "living room"];
    private static readonly string[] Colours = ["red", "green", "blue", "white", "yellow", "orange", "pink"];
    private static readonly string[] Languages = ["French", "German", "Spanish", "Italian", "Greek", "Polish", "Dutch", "Latin"];
    private static readonly string[] Words = ["house", "tree", "river", "bread", "moon", "friend", "water", "stone", "bird",
        "light", "garden", "letter"];
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] Coins = ["euros", "dollars", "pounds", "francs", "yen"];
    private static readonly string[] Files = ["notes.txt", "list.txt", "report.md", "data.csv", "plan.md", "story.txt",
        "model.gguf", "recipe.yaml"];
    private static readonly string[] Known =
    [
        .. new[] { Cities, People, Things, Messages, Songs, Rooms, Colours, Languages, Words, Days, Coins }
            .SelectMany(pool => pool).SelectMany(text => text.Split(' ')).Where(word => word.Length > 1).Distinct(),
    ];

    private static readonly string[] Endings = ["txt", "md", "csv", "gguf", "yaml", "json", "cs"];
    private static readonly string[] Subjects = ["owls", "old bridges", "volcanoes", "bread", "the moon", "trains", "whales",
        "clocks", "rivers", "castles"];

    /// <summary>The texts that a kind of value is drawn from; null for numbers and switches.</summary>
    private static string[]? Pool(string kind) => kind switch
    {
        "city" => Cities,
        "person" => People,
        "thing" => Things,
        "message" => Messages,
        "song" => Songs,
        "room" => Rooms,
        "colour" => Colours,
        "language" => Languages,
        "word" => Words,
        "day" => Days,
        "coin" => Coins,
        "file" => Files,
        "subject" => Subjects,
        _ => null,
    };

    /// <summary>A word that is known.</summary>
    public static string Word(Draw draw) => draw.Pick(Known);

    /// <summary>A value of a kind. Texts are often coined: a call must repeat what was said, whatever it is.</summary>
    public static (string Said, JsonNode Value) Of(string kind, Draw draw)
    {
        if (Pool(kind) is { } pool)
        {
            var text = (draw.Chance(CoinedShare) ? Coin(kind, draw) : null) ?? draw.Pick(pool);
            return (text, text);
        }

        switch (kind)
        {
            case "switch":
                var on = draw.Chance(50);
                return (on ? "on" : "off", on);
            case "hour":
                var (hour, minute) = (draw.Between(0, 23), draw.Below(12) * 5);
                var time = FormattableString.Invariant($"{hour:00}:{minute:00}");
                return (time, time);
            default:
                var number = kind == "small" ? draw.Between(2, 12) : draw.Chance(50) ? draw.Between(1, 60) : draw.Between(1, 999);
                return (FormattableString.Invariant($"{number}"), number);
        }
    }

    private static string? Coin(string kind, Draw draw) => kind switch
    {
        "city" or "person" or "language" => Coined.Name(draw),
        "song" => Coined.Names(draw, 1, 3),
        "thing" => draw.Chance(30) ? "a " + Coined.Word(draw) : Coined.Words(draw, 1, 2),
        "message" => Coined.Words(draw, 2, 5),
        "room" or "colour" or "word" => Coined.Word(draw),
        "coin" => Coined.Word(draw) + "s",
        "file" => $"{Coined.Word(draw)}.{draw.Pick(Endings)}",
        "subject" => Coined.Words(draw, 1, 2),
        _ => null, // days are known
    };

    /// <summary>The JSON type of a kind.</summary>
    public static string TypeOf(string kind) => kind switch
    {
        "switch" => "boolean",
        "small" or "number" => "integer",
        _ => "string",
    };
}
