using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>Adds the values of a JSON schema to a network.</summary>
internal static class SchemaCompiler
{
    /// <summary>The rule of a schema's values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="place">Where it stands, for messages; empty where it stands alone.</param>
    /// <exception cref="GrammarException">It is malformed, impossible, or beyond what can be compiled.</exception>
    public static int Add(NetworkBuilder network, string schema, string place) => Add(network, schema, place, out _);

    /// <summary>The rule of a schema's values, and the error where there are none.</summary>
    /// <param name="network">The network.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="place">Where it stands, for messages; empty where it stands alone.</param>
    /// <param name="impossible">The error where no value satisfies the schema.</param>
    public static int Add(NetworkBuilder network, string schema, string place, out Func<GrammarException> impossible)
    {
        network.Budget.Place = place.Length == 0 ? "#" : place;
        var document = new SchemaDocument(schema, place, network.Budget);
        var emitter = new ValueEmitter(network, document);
        var rule = emitter.RuleOf(document.Root);
        emitter.Run();
        impossible = () => document.Error(
            emitter.Shapes.EmptyPointer ?? "#",
            "no finite document satisfies the schema; what is demanded together excludes itself");
        return rule;
    }

    /// <summary>The rule of any JSON object.</summary>
    public static int AddAnyObject(NetworkBuilder network) => Add(network, """{"type":"object"}""", "");
}
