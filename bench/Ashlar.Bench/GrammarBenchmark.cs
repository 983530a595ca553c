using Ashlar.Bench.Measuring;
using Ashlar.Engine.Grammars;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Bench;

/// <summary>
/// What grammars cost with a model's vocabulary: compiling, and the masks along a document that the grammar allows, cut as the
/// model's tokenizer cuts it. The first time a grammar meets a document its states are made; a second time they are known.
/// </summary>
internal static class GrammarBenchmark
{
    private const int Rounds = 9;

    private const string Person =
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"email":{"type":"string"}},"required":["name","age"],"additionalProperties":false}""";

    private const string Tree =
        """{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["value"],"additionalProperties":false}""";

    private const string Record =
        """{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"at":{"type":"string","format":"date-time"},"score":{"type":"number","minimum":0,"maximum":1},"note":{"type":"string","pattern":"^[A-Za-z ,.]+$"}},"required":["id","at","score","note"],"additionalProperties":false}""";

    private const string Prose = "The quick brown fox, jumping over the lazy dog, asked whether anyone had seen the keys that it lost yesterday.";

    public static void Run(string model)
    {
        using var file = GgufFile.Open(model);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        TokenTable? table = null;
        var seconds = CoreClock.Seconds(() => table = new TokenTable(tokenizer));
        Console.WriteLine($"table of {tokenizer.VocabularySize} tokens: {seconds * 1e3:F0} ms");
        Console.WriteLine($"{"grammar",-22}{"states",9}{"compile ms",12}{"tokens",8}{"first: median us",18}{"p90",8}{"max",8}{"again: median us",18}{"max",8}");
        foreach (var (name, source, text) in Cases())
        {
            var (compile, grammar) = (new List<double>(), (CompiledGrammar?)null);
            List<double> cold = [];
            List<double> warm = [];
            var tokens = tokenizer.Encode(text);
            var mask = new uint[table!.MaskLength];
            for (var round = 0; round < Rounds; round++)
            {
                compile.Add(CoreClock.Seconds(() => grammar = GrammarCompiler.Compile(source, table)));
                if (round == 0) continue; // the code is compiled
                Follow(grammar!, tokens, mask, cold);
                Follow(grammar!, tokens, mask, warm);
            }

            Console.WriteLine(
                $"{name,-22}{grammar!.StateCount,9}{At(compile, 0.5) * 1e3,12:F2}{tokens.Length,8}{At(cold, 0.5) * 1e6,18:F1}{At(cold, 0.9) * 1e6,8:F0}"
                + $"{At(cold, 1) * 1e6,8:F0}{At(warm, 0.5) * 1e6,18:F1}{At(warm, 1) * 1e6,8:F0}");
        }
    }

    private static void Follow(CompiledGrammar grammar, int[] tokens, uint[] mask, List<double> seconds)
    {
        var matcher = grammar.CreateMatcher();
        foreach (var token in tokens)
        {
            seconds.Add(CoreClock.Seconds(() => matcher.FillMask(mask)));
            if (!matcher.TryAccept(token)) throw new InvalidOperationException($"token {token} of a document is refused");
        }
    }

    private static double At(List<double> values, double part) => values.Order().ElementAt((int)(part * (values.Count - 1)));

    private static (string Name, GrammarSource Source, string Text)[] Cases()
    {
        var many = string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"field_{i}\":{{\"type\":\"integer\"}}"));
        var values = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"value number {i}\""));
        return
        [
            ("any object", new JsonObjectGrammar(), $"{{\"a\": [1, 2.5, {{\"b\": null}}], \"text\": \"{Prose}\"}}"),
            ("object", new JsonSchemaGrammar(Person), """{"name": "Ada Lovelace", "age": 36, "email": "ada@example.com"}"""),
            ("recursion", new JsonSchemaGrammar(Tree), """{"value": 1, "children": [{"value": 2, "children": [{"value": 3}]}, {"value": 4}]}"""),
            ("formats and ranges", new JsonSchemaGrammar(Record),
                """{"id": "123e4567-e89b-12d3-a456-426614174000", "at": "2024-05-01T12:00:00Z", "score": 0.875, "note": "Well done, all of you."}"""),
            ("maxLength 500", new JsonSchemaGrammar("""{"type":"string","maxLength":500}"""), $"\"{Prose}\""),
            ("pattern, maxLength", new JsonSchemaGrammar("""{"type":"string","pattern":"^[A-Z][a-z, ]+","maxLength":200}"""), $"\"{Prose}\""),
            ("200 properties", new JsonSchemaGrammar($"{{\"type\":\"object\",\"properties\":{{{many}}}}}"), """{"field_3": 5, "field_77": 12345, "other": [true]}"""),
            ("enum of 1000", new JsonSchemaGrammar($"{{\"enum\":[{values}]}}"), "\"value number 777\""),
            ("regex", new RegexGrammar("(?:[A-Za-z]+[ ,.]{1,2})*"), Prose),
            ("GBNF", new GbnfGrammar("root ::= e\ne ::= e [+-] t | t\nt ::= t [*/] f | f\nf ::= [0-9]+ | \"(\" e \")\""), "12*(345+6)-(7-8)*90"),
            ("tags", new StructuralTagGrammar([new("<function=f>", Person, "</function>")], ["<function="]),
                $"{Prose} <function=f>{{\"name\": \"Ada\", \"age\": 36}}</function>"),
        ];
    }
}
