using System.Text.Json;
using Ashlar.Engine.Grammars;

namespace Ashlar.Engine.Tests.Grammars;

public class SchemaOutputTests
{
    private const int Seed = 20_417;

    [Fact]
    public void What_a_random_model_writes_under_a_written_schema_is_valid()
    {
        var written = 0;
        for (var i = 0; i < SchemaSamples.Written.Length; i++) written += Check(SchemaSamples.Written[i], Vocabularies.Small, Seed + i, 4);
        Assert.InRange(written, SchemaSamples.Written.Length * 4 * 95 / 100, int.MaxValue);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_a_random_model_writes_under_a_random_schema_is_valid(int part)
    {
        var written = 0;
        for (var i = 0; i < 60; i++)
        {
            var seed = Seed + (1000 * part) + i;
            written += Check(SchemaSamples.Random(new Random(seed), 1 + (i % 3)).ToJsonString(), Vocabularies.Small, seed, 3);
        }

        Assert.InRange(written, 60 * 3 * 90 / 100, int.MaxValue);
    }

    [Fact]
    public void What_a_random_model_writes_with_a_published_vocabulary_is_valid()
    {
        var table = Vocabularies.Real.Table;
        for (var i = 0; i < SchemaSamples.Written.Length; i += 9)
        {
            Assert.Equal(1, Check(SchemaSamples.Written[i], table, Seed + i, 1));
        }
    }

    [Fact]
    public void What_a_random_model_writes_in_JSON_mode_is_an_object()
    {
        var grammar = Vocabularies.Compile(new JsonObjectGrammar());
        for (var seed = 0; seed < 20; seed++)
        {
            var model = new RandomModel(new Random(seed), Vocabularies.Small);
            using var document = JsonDocument.Parse(model.TextOf(model.MustGenerate(grammar, seed * 5)), new() { MaxDepth = 1000 });
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
    }

    // How many outputs were complete.
    private static int Check(string schema, TokenTable table, int seed, int outputs)
    {
        using var parsed = JsonDocument.Parse(schema);
        var checker = new SchemaChecker(parsed.RootElement);
        var random = new Random(seed);
        CompiledGrammar grammar;
        try
        {
            grammar = GrammarCompiler.Compile(new JsonSchemaGrammar(schema), table, TestContext.Current.CancellationToken);
        }
        catch (GrammarException error)
        {
            throw new InvalidOperationException($"seed {seed}: {schema}", error);
        }

        var written = 0;
        for (var i = 0; i < outputs; i++)
        {
            var model = new RandomModel(random, table);
            if (model.Generate(grammar, random.Next(40)) is not { } tokens) continue;
            written++;
            var text = model.TextOf(tokens);
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 1000 });
            Assert.True(checker.IsValid(document.RootElement), $"seed {seed}: {text} does not satisfy {schema}");
        }

        return written;
    }
}
