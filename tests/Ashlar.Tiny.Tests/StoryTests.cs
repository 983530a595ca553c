using System.Text.RegularExpressions;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Stories;

namespace Ashlar.Tiny.Tests;

public partial class StoryTests
{
    private const int Count = 3000;
    private const ulong Seed = 20261121;

    private static readonly Lazy<Story[]> Stories =
        new(() => [.. Enumerable.Range(0, Count).Select(i => Story.Create(Draw.Of(Seed, "stories", i)))]);

    [Fact]
    public void Nobody_gives_or_uses_what_they_do_not_have_or_acts_where_they_are_not()
    {
        for (var i = 0; i < Count; i++)
        {
            var wrong = FirstImpossible(Stories.Value[i].World.Log);
            Assert.True(wrong is null, $"seed {Seed}, story {i}: {wrong}\n{Stories.Value[i].Text}");
        }
    }

    [Fact]
    public void The_world_refuses_what_cannot_be()
    {
        var (world, here, there) = (new World(), new Place("the hill", "on"), new Place("the well", "by"));
        var (a, b) = (new Being("A", "fox", true, "shy"), new Being("B", "owl", false, "shy"));
        var thing = new Thing("bell", "old");
        world.Do(new(Deed.Begin, a, Where: here));
        world.Do(new(Deed.Begin, b, Where: there));
        world.Do(new(Deed.Begin, null, Thing: thing, Where: there));
        foreach (var impossible in (Happening[])
        [
            new(Deed.Take, a, Thing: thing), new(Deed.Talk, a, b), new(Deed.Give, a, b, thing), new(Deed.Use, b, Thing: thing),
            new(Deed.Drop, b, Thing: thing), new(Deed.UseUp, b, Thing: thing), new(Deed.Free, a, b),
        ])
        {
            Assert.Throws<InvalidOperationException>(() => world.Do(impossible));
        }

        world.Do(new(Deed.Stick, b));
        Assert.Throws<InvalidOperationException>(() => world.Do(new(Deed.Go, b, Where: here)));
        Assert.Throws<InvalidOperationException>(() => world.Do(new(Deed.Take, b, Thing: thing)));
    }

    [Fact]
    public void Stories_are_of_few_words_and_short_and_no_two_are_alike()
    {
        var words = Stories.Value.SelectMany(story => Word().Matches(story.Text))
            .Select(match => match.Value.ToLowerInvariant()).ToHashSet();
        Assert.InRange(words.Count, 500, 1500);
        Assert.All(Stories.Value, story => Assert.InRange(Word().Count(story.Text), 50, 220));
        Assert.Equal(Count, Stories.Value.Select(story => story.Text).Distinct().Count());
    }

    [Fact]
    public void Only_those_who_are_in_a_story_are_named_and_sentences_are_whole()
    {
        var names = Stories.Value.SelectMany(Beings).Select(being => being.Name).ToHashSet();
        foreach (var story in Stories.Value)
        {
            var known = Beings(story).Select(being => being.Name).ToHashSet();
            var named = Word().Matches(story.Text).Select(match => match.Value).Where(names.Contains);
            Assert.True(named.All(known.Contains), story.Text);
            Assert.True(Broken().Match(story.Text) is { Success: false },
                $"'{Broken().Match(story.Text).Value}' in: {story.Text}");
            Assert.Contains(story.Text[^1], ".!\"");
            Assert.Contains(story.Hero.Name, story.Text, StringComparison.Ordinal);
            Assert.Contains(story.Thing.Noun, story.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_check_takes_the_generators_stories_and_refuses_nonsense_and_strangers()
    {
        for (var i = 0; i < 500; i++)
        {
            var draw = Draw.Of(Seed, "checked", i);
            var story = Story.Create(draw);
            var request = StoryPrompts.Ask(story, draw, heldOut: i % 2 == 0);
            Assert.True(StoryCheck.Judge(request, story.Text) == new StoryVerdict(true, true), $"{request}\n{story.Text}");
            var stranger = story.Text.Replace(story.Hero.Name, "Zed", StringComparison.Ordinal);
            Assert.False(StoryCheck.Judge(request, stranger).IsConsistent);
            Assert.False(StoryCheck.Judge("Tell me a story about a dragon and a walrus.", "").IsStory);
            Assert.False(StoryCheck.Judge(request, string.Concat(Enumerable.Repeat("\". \". ", 60))).IsStory);
            Assert.False(StoryCheck.Judge(request, string.Concat(Enumerable.Repeat("Tim went to the forest. ", 20))).IsStory);
            var other = Cast.Animals.First(kind => !story.Text.Contains(kind, StringComparison.Ordinal));
            Assert.False(StoryCheck.Judge($"Tell me a story about a {other}.", story.Text).IsConsistent);
        }
    }

    private static IEnumerable<Being> Beings(Story story) => story.World.Log.SelectMany(happening => new[] { happening.Who,
        happening.Other }).OfType<Being>();

    // What happened, gone through once more by rules of its own.
    private static Happening? FirstImpossible(IReadOnlyList<Happening> log)
    {
        Dictionary<string, string> where = []; // of beings, and of things that lie
        Dictionary<Thing, string> has = [];
        HashSet<string> stuck = [];
        foreach (var happening in log)
        {
            var (deed, who, other, thing, place) = happening;
            var isHere = who is not null && where.TryGetValue(who.Name,
                out var at) && (other is null || where.GetValueOrDefault(other.Name) == at);
            var owns = thing is not null && who is not null && has.GetValueOrDefault(thing) == who.Name;
            var isPossible = deed switch
            {
                Deed.Begin => true,
                Deed.Go => isHere && !stuck.Contains(who!.Name),
                Deed.Take => isHere && !stuck.Contains(who!.Name) && where.GetValueOrDefault("lying " + thing) == where[who.Name],
                Deed.Give => isHere && owns && other is not null,
                Deed.Drop or Deed.Use or Deed.UseUp => isHere && owns,
                Deed.Talk => isHere && other is not null,
                Deed.Free => isHere && stuck.Contains(other!.Name),
                _ => isHere,
            };
            if (!isPossible) return happening;
            if (deed is Deed.Begin && thing is null || deed is Deed.Go) where[who!.Name] = place!.Name;
            if (deed is Deed.Begin && thing is not null && who is null) where["lying " + thing] = place!.Name;
            var begins = deed is Deed.Begin && thing is not null && who is not null;
            if (begins || deed is Deed.Take or Deed.Make) has[thing!] = who!.Name;
            if (deed is Deed.Take) where.Remove("lying " + thing);
            if (deed is Deed.Give) has[thing!] = other!.Name;
            if (deed is Deed.Drop) (where["lying " + thing], has[thing!]) = (where[who!.Name], "");
            if (deed is Deed.UseUp) has[thing!] = "";
            if (deed is Deed.Stick) stuck.Add(who!.Name);
            if (deed is Deed.Free) stuck.Remove(other!.Name);
        }

        return null;
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[{}\[\]|]|  | [.,!?]|\. [a-z]|\.\.|\ba [aeio]|\ban [^aeio]")]
    private static partial Regex Broken();
}
