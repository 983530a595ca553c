using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class MaskTests
{
    private const int Seed = 5;

    private static readonly GrammarSource[] Sources =
    [
        .. SchemaSamples.Written.Where((_, i) => i % 4 == 0).Select(schema => new JsonSchemaGrammar(schema)),
        new JsonObjectGrammar(),
        new RegexGrammar("(?:[a-z]{1,9} ?)+|.{0,20}x|é*日本"),
        new GbnfGrammar("root ::= \"<tool_call>\" e \"</tool_call>\" | e\ne ::= e \"+\" t | t\nt ::= [0-9]{1,4} | \"(\" e \")\" | %json {\"type\":\"string\",\"maxLength\":9}"),
        new ChoiceGrammar(["yes", "no", "the", "then", "日本語", "<tool_call>"]),
        new StructuralTagGrammar([new("<tool_call>", """{"type":"integer"}""", "</tool_call>"), new("<f>", "true", "</f>")], ["<tool_call>", "<f"]),
    ];

    [Fact]
    public void A_mask_has_the_tokens_that_are_accepted_one_by_one_and_no_other()
    {
        for (var i = 0; i < Sources.Length; i++)
        {
            var grammar = Vocabularies.Compile(Sources[i]);
            new RandomModel(new Random(Seed + i), Vocabularies.Small).MustGenerate(grammar, 25, (matcher, mask) =>
            {
                for (var token = 0; token < Vocabularies.Small.Count; token++)
                {
                    var accepted = matcher.TryAccept(token);
                    if (accepted) matcher.Rollback(1);
                    Assert.True(accepted == ((mask[token >> 5] >> (token & 31)) & 1) > 0, $"{Sources[i]}: token {token} is accepted: {accepted}");
                }
            });
        }
    }

    [Fact]
    public void Going_back_is_as_if_the_tokens_had_never_come()
    {
        for (var i = 0; i < Sources.Length; i++)
        {
            var random = new Random(Seed + i);
            var grammar = Vocabularies.Compile(Sources[i]);
            var tokens = new RandomModel(random, Vocabularies.Small).MustGenerate(grammar, 40);
            var matcher = grammar.CreateMatcher();
            var (mask, expected) = (new uint[Vocabularies.Small.MaskLength], new uint[Vocabularies.Small.MaskLength]);
            for (var at = 0; at < tokens.Count;)
            {
                var steps = Math.Min(random.Next(1, 9), tokens.Count - at);
                for (var j = 0; j < steps; j++) Assert.True(matcher.TryAccept(tokens[at + j]));
                var back = random.Next(steps + 1);
                matcher.Rollback(back);
                at += steps - back;

                var replayed = grammar.CreateMatcher();
                for (var j = 0; j < at; j++) Assert.True(replayed.TryAccept(tokens[j]));
                matcher.FillMask(mask);
                replayed.FillMask(expected);
                Assert.Equal(expected, mask);
                Assert.Equal(replayed.IsComplete, matcher.IsComplete);
                Assert.Equal(replayed.IsEnded, matcher.IsEnded);
            }
        }
    }

    [Fact]
    public void Masks_with_a_published_vocabulary_have_the_tokens_that_are_accepted()
    {
        var table = Vocabularies.Real.Table;
        var random = new Random(Seed);
        foreach (var schema in (string[])["true", """{"type":"string","minLength":3,"maxLength":9}""", """{"type":"string","pattern":"^[a-z ]{3,}$"}"""])
        {
            var grammar = GrammarCompiler.Compile(new JsonSchemaGrammar(schema), table, TestContext.Current.CancellationToken);
            var left = 6;
            new RandomModel(random, table).MustGenerate(grammar, 3, (matcher, mask) =>
            {
                if (left-- <= 0) return;
                for (var token = random.Next(7); token < table.Count; token += 7)
                {
                    var accepted = matcher.TryAccept(token);
                    if (accepted) matcher.Rollback(1);
                    Assert.True(accepted == ((mask[token >> 5] >> (token & 31)) & 1) > 0, $"{schema}: token {token} is accepted: {accepted}");
                }
            });
        }
    }

    [Fact]
    public void A_step_that_was_made_before_allocates_nothing()
    {
        foreach (var source in Sources)
        {
            var grammar = Vocabularies.Compile(source);
            var tokens = new RandomModel(new Random(Seed), Vocabularies.Small).MustGenerate(grammar, 40);
            var mask = new uint[Vocabularies.Small.MaskLength];
            var matcher = grammar.CreateMatcher();
            Run();
            matcher = grammar.CreateMatcher();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

            void Run()
            {
                foreach (var token in tokens)
                {
                    matcher.FillMask(mask);
                    matcher.TryAccept(token);
                }
            }
        }
    }

    [Fact]
    public void Forced_tokens_are_those_that_masks_leave_no_choice_about()
    {
        var grammar = Vocabularies.Compile(new RegexGrammar("q"));
        var forced = new int[8];
        // One token is "q"; behind it only the end may come.
        Assert.Equal(2, grammar.CreateMatcher().ForcedTokens(forced));
        Assert.Equal([3 + 'q', Vocabularies.End], forced[..2]);
        Assert.Equal(0, Vocabularies.CompileSchema("true").CreateMatcher().ForcedTokens(forced));
    }

    [Fact]
    public void Matchers_outlive_the_cache_that_their_states_are_in()
    {
        var grammar = Vocabularies.CompileSchema("""{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"string","maxLength":9}}}}""");
        var random = new Random(Seed);
        var model = new RandomModel(random, Vocabularies.Small);
        var tokens = model.MustGenerate(grammar, 200);
        var early = grammar.CreateMatcher();
        foreach (var token in tokens[..(tokens.Count / 2)]) Assert.True(early.TryAccept(token));
        var (mask, expected) = (new uint[Vocabularies.Small.MaskLength], new uint[Vocabularies.Small.MaskLength]);
        early.FillMask(expected);

        grammar.Replace();
        early.FillMask(mask);
        Assert.Equal(expected, mask);
        early.Rollback(2);
        foreach (var token in tokens[((tokens.Count / 2) - 2)..]) Assert.True(early.TryAccept(token));
        Assert.True(early.IsComplete);
    }

    [Fact]
    public void What_a_matcher_is_asked_for_is_checked()
    {
        var matcher = Vocabularies.CompileSchema("true").CreateMatcher();
        Assert.Throws<ArgumentException>(() => matcher.FillMask(new uint[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matcher.Rollback(1));
        Assert.False(matcher.TryAccept(-1));
        Assert.False(matcher.TryAccept(int.MaxValue));
        Assert.False(matcher.TryAccept(Vocabularies.ToolCall));
        Assert.False(matcher.TryAccept(Vocabularies.End));
    }

    [Fact]
    public async Task Matchers_of_one_grammar_may_run_on_many_threads()
    {
        var grammar = Vocabularies.CompileSchema("""{"type":"object","additionalProperties":{"type":"array","items":{"type":"string","maxLength":5}}}""");
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), TestContext.Current.CancellationToken, (seed, _) =>
        {
            new RandomModel(new Random(seed), Vocabularies.Small).MustGenerate(grammar, 60);
            return ValueTask.CompletedTask;
        });
    }
}
