using System.Text;
using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Gbnf;
using Ashlar.Engine.Grammars.Networks;
using Ashlar.Engine.Grammars.Patterns;
using Ashlar.Engine.Grammars.Schemas;
using Ashlar.Engine.Grammars.Tags;

namespace Ashlar.Engine.Grammars;

/// <summary>
/// Compiles grammars. Takes milliseconds for what people write and at most about a second for anything: states, edges, steps
/// and time are bounded, and what exceeds a bound is an error that names the place.
/// </summary>
public static class GrammarCompiler
{
    /// <summary>Compiles a grammar for a vocabulary. Runs on the calling thread and uses nothing else: any number may be
    /// compiled at once.</summary>
    /// <param name="source">The grammar.</param>
    /// <param name="tokens">The vocabulary.</param>
    /// <param name="cancellationToken">Ends the work within milliseconds.</param>
    /// <exception cref="GrammarException">The grammar is malformed, impossible, too large or beyond what is supported; the
    /// message names the place and the mend.</exception>
    /// <exception cref="OperationCanceledException">The caller no longer wants it.</exception>
    public static CompiledGrammar Compile(GrammarSource source, TokenTable tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tokens);
        var budget = new CompileBudget(cancellationToken);
        var network = new NetworkBuilder(tokens, budget);
        Func<GrammarException> impossible = () => new("the grammar", "no finite text matches it");
        var root = source switch
        {
            JsonSchemaGrammar schema => SchemaCompiler.Add(network, schema.Schema, "", out impossible),
            JsonObjectGrammar => SchemaCompiler.AddAnyObject(network),
            GbnfGrammar gbnf => GbnfCompiler.Add(network, gbnf.Text),
            StructuralTagGrammar tags => TagCompiler.Add(network, tags),
            RegexGrammar regex => AddPattern(network, regex.Pattern),
            ChoiceGrammar choice => AddChoices(network, choice.Choices),
            _ => throw new ArgumentException($"no such grammar: {source.GetType().Name}", nameof(source)),
        };
        var grammar = new CompiledGrammar(new NetworkFinisher(network).Finish(root, impossible), tokens);
        // The first mask is made here, where nobody waits for it.
        lock (grammar.Gate) grammar.Fill(grammar.Pool.Start, new uint[tokens.MaskLength]);
        return grammar;
    }

    private static int AddPattern(NetworkBuilder network, string pattern)
    {
        var set = PatternCompiler.Whole(pattern, "pattern", network.Budget);
        if (set.IsEmpty) throw new GrammarException("pattern", "no text matches the pattern");
        var rule = network.AddRule("pattern");
        var (start, end, _) = network.Rules[rule];
        network.AddEmpty(network.AddSet(start, set), end);
        return rule;
    }

    private static int AddChoices(NetworkBuilder network, IReadOnlyList<string> choices)
    {
        if (choices.Count == 0) throw new GrammarException("choices", "there is no choice; give one or more");
        var rule = network.AddRule("choices");
        var (start, end, _) = network.Rules[rule];
        // As a set, so that choices that begin alike are one way until they differ.
        network.AddEmpty(network.AddSet(start, Dfa.Of(choices, network.Budget)), end);
        for (var i = 0; i < choices.Count; i++)
        {
            var text = Encoding.UTF8.GetBytes(choices[i]);
            if (network.HoldsSpecial(text)) network.AddEmpty(network.AddLiteral(start, text, specials: true), end);
        }

        return rule;
    }
}
