using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Stepping;

/// <summary>Requests of every kind, drawn at random: what one engine must serve at once without any of them noticing.</summary>
/// <param name="random">What they are drawn from.</param>
/// <param name="longest">Tokens of a prompt at most.</param>
internal sealed class MixedRequests(Random random, int longest)
{
    private const string Schema = """
        {"type": "object", "properties": {"name": {"type": "string", "maxLength": 9}, "age": {"type": "integer", "minimum": 0},
         "tags": {"type": "array", "items": {"enum": ["red", "green"]}, "maxItems": 3}}, "required": ["name", "age", "tags"]}
        """;

    // Beginnings that some prompts share, of which a shorter may be the start of a longer.
    private readonly int[][] _shared = [.. Enumerable.Range(0, 4).Select(i => Tokens(random, longest >> (4 - i)))];

    /// <summary>The names of the adapters that some ask for.</summary>
    public static IReadOnlyList<string> Adapters { get; } = ["one", "two"];

    /// <summary>Draws a request; what it samples is fixed by its seed.</summary>
    public GenerationRequest Next()
    {
        var prompt = Prompt();
        return new()
        {
            PromptTokens = prompt,
            MaxTokens = random.Next(12) == 0 ? 0 : random.Next(1, 60),
            IgnoreEndOfSequence = OneIn(3),
            Sampling = OneIn(2) ? SamplingOptions.Greedy : new()
            {
                Temperature = 1,
                Seed = random.Next(),
                TopK = OneIn(2) ? 40 : 0,
                RepetitionPenalty = OneIn(4) ? 1.1f : 1,
            },
            Stop = OneIn(5) ? ["e", "ab"] : [],
            Grammar = random.Next(6) switch
            {
                0 => new JsonSchemaGrammar(Schema),
                1 => new RegexGrammar("([a-f]{3,8}-[0-9]{4} ?){1,9}"),
                _ => null,
            },
            Adapter = random.Next(4) is var adapter and < 2 ? Adapters[adapter] : null,
            LogProbabilities = OneIn(2) ? random.Next(4) : null,
            PromptLogProbabilities = prompt.Length < 300 && OneIn(8) ? random.Next(3) : null,
            Priority = random.Next(-1, 3),
            Tenant = $"{random.Next(3)}",
            CacheSalt = OneIn(8) ? "own" : "",
            IsInteractive = OneIn(12),
        };
    }

    private bool OneIn(int many) => random.Next(many) == 0;

    // As many prompts from 1 to 10 tokens as from 10 to 100 and so on; some are as long as any may be.
    private int[] Prompt()
    {
        var length = OneIn(40) ? longest : (int)Math.Exp(random.NextDouble() * Math.Log(longest));
        if (OneIn(2)) return Tokens(random, length);
        var shared = _shared[random.Next(_shared.Length)];
        return [.. shared.Take(length), .. Tokens(random, length < shared.Length ? 0 : Math.Min(20, length - shared.Length))];
    }

    // Some of them repeat themselves, so that there is something to guess by.
    private static int[] Tokens(Random random, int count)
    {
        var period = random.Next(3) == 0 ? random.Next(2, 30) : int.MaxValue;
        var tokens = new int[count];
        for (var i = 0; i < count; i++) tokens[i] = i >= period ? tokens[i - period] : random.Next(1, 250);
        return tokens;
    }
}
