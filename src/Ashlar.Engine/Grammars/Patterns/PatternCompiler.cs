using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Patterns;

/// <summary>Makes an automaton of a regular expression.</summary>
internal sealed class PatternCompiler
{
    private readonly Nfa _nfa;
    private readonly CompileBudget _budget;

    private PatternCompiler(CompileBudget budget) => (_nfa, _budget) = (new(budget), budget);

    /// <summary>The texts that match as a whole.</summary>
    public static Dfa Whole(string pattern, string place, CompileBudget budget) => Compile(pattern, place, budget, search: false);

    /// <summary>The texts in which a match is found somewhere, as JSON Schema's <c>pattern</c> means it.</summary>
    public static Dfa Search(string pattern, string place, CompileBudget budget) => Compile(pattern, place, budget, search: true);

    private static Dfa Compile(string pattern, string place, CompileBudget budget, bool search)
    {
        var outer = budget.Place;
        budget.Place = place;
        var tree = new PatternParser(pattern, place).Parse();
        var compiler = new PatternCompiler(budget);
        var set = compiler.Compile(tree, search);
        budget.Place = outer;
        return set;
    }

    // An anchor reads the mark at that end of the text; where none stands in its way, the frame reads it.
    private Dfa Compile(PatternNode tree, bool search)
    {
        var (start, before) = (_nfa.AddState(), _nfa.AddState());
        _nfa.AddEmpty(start, before);
        var frame = _nfa.AddState();
        _nfa.AddEdge(start, Nfa.Begin, Nfa.Begin, frame);
        _nfa.AddEmpty(frame, before);
        if (search) _nfa.AddEdges(frame, CodePointRanges.All, frame);

        var after = Add(tree, before);
        var (rest, end) = (_nfa.AddState(), _nfa.AddState());
        _nfa.AddEmpty(after, end);
        _nfa.AddEmpty(after, rest);
        if (search) _nfa.AddEdges(rest, CodePointRanges.All, rest);
        _nfa.AddEdge(rest, Nfa.End, Nfa.End, end);
        return _nfa.Determinize(start, end);
    }

    /// <summary>Adds what reads a part from a state; returns the state behind it.</summary>
    private int Add(PatternNode node, int from)
    {
        switch (node)
        {
            case PatternNode.Characters characters:
                var behind = _nfa.AddState();
                _nfa.AddEdges(from, characters.Ranges, behind);
                return behind;
            case PatternNode.Anchor anchor:
                var anchored = _nfa.AddState();
                _nfa.AddEdge(from, anchor.Mark, anchor.Mark, anchored);
                return anchored;
            case PatternNode.Sequence sequence:
                return sequence.Parts.Aggregate(from, (state, part) => Add(part, state));
            case PatternNode.Alternatives alternatives:
                var joined = _nfa.AddState();
                foreach (var option in alternatives.Options) _nfa.AddEmpty(Add(option, from), joined);
                return joined;
            case PatternNode.Repeat repeat:
                return AddRepeat(repeat, from);
            default:
                throw new InvalidOperationException($"no such node: {node}");
        }
    }

    private int AddRepeat(PatternNode.Repeat repeat, int from)
    {
        _budget.Place = repeat.Place;
        for (var i = 0; i < repeat.Min; i++)
        {
            _budget.Spend();
            from = Add(repeat.Part, from);
        }

        var end = _nfa.AddState();
        _nfa.AddEmpty(from, end);
        if (repeat.Max is { } max)
        {
            for (var i = repeat.Min; i < max; i++)
            {
                _budget.Spend();
                // A state of its own, so that an alternative that begins here does not share the loop's beginning.
                var entry = _nfa.AddState();
                _nfa.AddEmpty(from, entry);
                from = Add(repeat.Part, entry);
                _nfa.AddEmpty(from, end);
            }
        }
        else
        {
            var entry = _nfa.AddState();
            _nfa.AddEmpty(from, entry);
            var back = Add(repeat.Part, entry);
            _nfa.AddEmpty(back, entry);
            _nfa.AddEmpty(back, end);
        }

        return end;
    }
}
