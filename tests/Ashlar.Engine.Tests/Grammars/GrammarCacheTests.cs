using System.Numerics;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class GrammarCacheTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const int Seed = 77;

    private static readonly GrammarSource[] Sources =
    [
        .. Enumerable.Range(1, 9).Select(i => new RegexGrammar($"(?:[a-z]{{1,{i}}}[ ,.]{{1,2}}|[0-9]{{{i}}})*")),
        new JsonObjectGrammar(),
        new JsonSchemaGrammar("""{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}}}}"""),
        new GbnfGrammar("root ::= e\ne ::= e [+-] t | t\nt ::= t [*/] f | f\nf ::= [0-9]+ | \"(\" e \")\""),
    ];

    /// <summary>All sequences go on while what they have met is taken away; each is held against a grammar of its own.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Grammars_stay_within_their_bytes_together_and_match_as_before(long most)
    {
        var cancelled = TestContext.Current.CancellationToken;
        var table = new TokenTable(stories.Model.Tokenizer!);
        using var cache = new GrammarCache(stories.Model.Tokenizer!, most);
        var random = new Random(Seed);
        var matching = new List<(GrammarMatcher Matcher, GrammarMatcher Expected, CompiledGrammar Own)>();
        foreach (var source in Sources)
        {
            var own = GrammarCompiler.Compile(source, table, cancelled);
            matching.Add(((await cache.GetAsync(source, cancelled)).CreateMatcher(), own.CreateMatcher(), own));
        }

        var (mask, expected) = (new uint[table.MaskLength], new uint[table.MaskLength]);
        for (var round = 0; round < 60; round++)
        {
            foreach (var (matcher, own, _) in matching)
            {
                matcher.FillMask(mask);
                own.FillMask(expected);
                Assert.True(expected.AsSpan().SequenceEqual(mask), $"seed {Seed}, round {round}");
                if (matcher.IsEnded) continue;
                var token = Choose(random, mask);
                Assert.True(matcher.TryAccept(token) && own.TryAccept(token), $"seed {Seed}, round {round}: {token}");
            }
        }

        Assert.True(matching.Sum(static m => m.Own.Bytes) > most, "nothing had to be taken away");
        var last = most == 1 ? matching[^1].Own.Bytes : 0; // the grammar used last stays, with little that was met
        Assert.True(
            SpinWait.SpinUntil(() => cache.Memory.Used <= Math.Max(most, last), TimeSpan.FromSeconds(20)),
            $"{cache.Memory.Used} bytes, and {most} are allowed");
    }

    [Fact]
    public async Task A_grammar_is_kept_while_there_is_room_and_compiled_again_once_it_was_dropped()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var roomy = new GrammarCache(stories.Model.Tokenizer!);
        var first = await roomy.GetAsync(Sources[0], cancelled);
        await roomy.GetAsync(Sources[1], cancelled);
        Assert.Same(first, await roomy.GetAsync(Sources[0], cancelled));
        Assert.True(roomy.Memory.Used >= first.Bytes);

        using var narrow = new GrammarCache(stories.Model.Tokenizer!, 1);
        first = await narrow.GetAsync(Sources[0], cancelled);
        var second = await narrow.GetAsync(Sources[1], cancelled);
        Assert.True(SpinWait.SpinUntil(() => narrow.Memory.Used <= second.Bytes, TimeSpan.FromSeconds(20)));
        Assert.NotSame(first, await narrow.GetAsync(Sources[0], cancelled));
    }

    private static int Choose(Random random, uint[] mask)
    {
        var wanted = random.Next(mask.Sum(static bits => BitOperations.PopCount(bits)));
        for (var token = 0; ; token++)
        {
            if ((mask[token / 32] >> token % 32 & 1) == 1 && wanted-- == 0) return token;
        }
    }
}
