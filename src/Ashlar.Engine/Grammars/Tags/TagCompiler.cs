using System.Globalization;
using System.Text;
using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Networks;
using Ashlar.Engine.Grammars.Schemas;

namespace Ashlar.Engine.Grammars.Tags;

/// <summary>
/// Adds free text with tags to a network. The free text is an automaton that knows how much of which trigger it has just read
/// (Aho and Corasick, CACM 1975); where a trigger is complete, the tags that begin with it follow.
/// </summary>
internal sealed class TagCompiler
{
    private readonly NetworkBuilder _network;
    private readonly StructuralTagGrammar _grammar;
    private readonly List<int[]> _triggers;

    private TagCompiler(NetworkBuilder network, StructuralTagGrammar grammar)
    {
        (_network, _grammar) = (network, grammar);
        _triggers = [.. grammar.Triggers.Select(trigger => trigger.EnumerateRunes().Select(rune => rune.Value).ToArray())];
    }

    /// <exception cref="GrammarException">A tag begins with no trigger, or a schema is wrong.</exception>
    public static int Add(NetworkBuilder network, StructuralTagGrammar grammar)
    {
        Check(grammar);
        return new TagCompiler(network, grammar).Add();
    }

    private static void Check(StructuralTagGrammar grammar)
    {
        if (grammar.Tags.Count == 0) throw new GrammarException("tags", "there is no tag; give one or more");
        for (var i = 0; i < grammar.Triggers.Count; i++)
        {
            var trigger = grammar.Triggers[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"triggers[{i}]");
            if (trigger.Length == 0) throw new GrammarException(place, "a trigger must not be empty");
            if (!grammar.Tags.Any(tag => tag.Begin.StartsWith(trigger, StringComparison.Ordinal)))
            {
                throw new GrammarException(place, $"no tag begins with '{trigger}'; remove the trigger");
            }
        }

        for (var i = 0; i < grammar.Tags.Count; i++)
        {
            var begin = grammar.Tags[i].Begin;
            if (grammar.Triggers.Any(trigger => begin.StartsWith(trigger, StringComparison.Ordinal))) continue;
            throw new GrammarException(
                string.Create(CultureInfo.InvariantCulture, $"tags[{i}]"), $"'{begin}' begins with no trigger; add one for it");
        }
    }

    private int Add()
    {
        var rule = _network.AddRule("text");
        var (start, end, _) = _network.Rules[rule];
        // Tags may be called from several places; each is a rule.
        var tags = _grammar.Tags.Select(AddTag).ToArray();
        var before = AddFreeText();
        var after = _grammar is { AtLeastOne: true, StopAfterFirst: false } ? AddFreeText() : before;
        _network.AddEmpty(start, before.States[0]);
        Connect(before);
        if (after != before) Connect(after);
        if (!_grammar.AtLeastOne) MayEnd(before);
        if (after != before) MayEnd(after);
        return rule;

        void MayEnd(FreeText text)
        {
            foreach (var state in text.States) _network.AddEmpty(state, end);
        }

        void Connect(FreeText text)
        {
            var next = _grammar.StopAfterFirst ? end : after.States[0];
            for (var number = 0; number < tags.Length; number++)
            {
                var begin = _grammar.Tags[number].Begin;
                var shortest = int.MaxValue;
                for (var i = 0; i < _grammar.Triggers.Count; i++)
                {
                    var trigger = _grammar.Triggers[i];
                    if (!begin.StartsWith(trigger, StringComparison.Ordinal)) continue;
                    var rest = Encoding.UTF8.GetBytes(begin[trigger.Length..]);
                    var behind = _network.AddCall(_network.AddLiteral(text.Complete[i], rest, specials: true), tags[number]);
                    _network.AddEmpty(behind, next);
                    shortest = Math.Min(shortest, Encoding.UTF8.GetByteCount(trigger));
                }

                AddTagSpecials(text, Encoding.UTF8.GetBytes(begin), shortest, tags[number], next);
            }
        }
    }

    // The JSON and the end of a tag.
    private int AddTag(StructuralTag tag, int number)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"tags[{number}]");
        var value = SchemaCompiler.Add(_network, tag.Schema, place);
        var rule = _network.AddRule(place);
        var (start, end, _) = _network.Rules[rule];
        var behind = _network.AddLiteral(_network.AddCall(start, value), Encoding.UTF8.GetBytes(tag.End), specials: true);
        _network.AddEmpty(behind, end);
        return rule;
    }

    private FreeText AddFreeText()
    {
        // States are the proper prefixes of triggers; the first is the empty one.
        List<int[]> prefixes = [[]];
        foreach (var trigger in _triggers)
        {
            for (var length = 1; length < trigger.Length; length++)
            {
                var prefix = trigger[..length];
                if (!prefixes.Exists(known => known.AsSpan().SequenceEqual(prefix))) prefixes.Add(prefix);
            }
        }

        var text = new FreeText(
            [.. prefixes.Select(_ => _network.AddState())], [.. _triggers.Select(_ => _network.AddState())]);
        int[] symbols = [.. _triggers.SelectMany(trigger => trigger).Distinct()];
        var others = CodePointRanges.Complement(CodePointRanges.Normalize(symbols.Select(symbol => (symbol, symbol))));
        for (var i = 0; i < prefixes.Count; i++)
        {
            _network.AddCodePoints(text.States[i], others, text.States[0]);
            foreach (var symbol in symbols)
            {
                foreach (var target in Targets(prefixes, text, [.. prefixes[i], symbol]))
                {
                    _network.AddCodePoints(text.States[i], symbol, symbol, target);
                }
            }

            AddSpecials(prefixes, text, i);
        }

        return text;
    }

    // Complete triggers among the endings of what was read, or else the longest ending that begins one.
    private List<int> Targets(List<int[]> prefixes, FreeText text, int[] read)
    {
        List<int> complete = [.. Enumerable.Range(0, _triggers.Count)
            .Where(i => read.AsSpan().EndsWith(_triggers[i])).Select(i => text.Complete[i])];
        if (complete.Count > 0) return complete;
        for (var start = 0; ; start++)
        {
            var ending = read[start..];
            var state = prefixes.FindIndex(prefix => prefix.AsSpan().SequenceEqual(ending));
            if (state >= 0) return [text.States[state]];
        }
    }

    // A special token that is the beginning of a trigger may come anywhere in the text; it counts as its characters.
    private void AddSpecials(List<int[]> prefixes, FreeText text, int from)
    {
        HashSet<int> added = [];
        foreach (var trigger in _grammar.Triggers)
        {
            var begin = Encoding.UTF8.GetBytes(trigger);
            foreach (var (token, length) in _network.SpecialsAt(begin))
            {
                int[] read = [.. Encoding.UTF8.GetString(begin, 0, length).EnumerateRunes().Select(rune => rune.Value)];
                if (length == begin.Length || !added.Add(token)) continue;
                foreach (var target in Targets(prefixes, text, read)) _network.AddSpecial(text.States[from], token, target);
            }
        }
    }

    // One that holds a trigger is the beginning of the tags that begin with it.
    private void AddTagSpecials(FreeText text, byte[] begin, int triggerLength, int tag, int behind)
    {
        foreach (var (token, length) in _network.SpecialsAt(begin))
        {
            if (length < triggerLength) continue;
            var read = _network.AddState();
            foreach (var state in text.States) _network.AddSpecial(state, token, read);
            _network.AddEmpty(_network.AddCall(_network.AddLiteral(read, begin.AsSpan(length), specials: true), tag), behind);
        }
    }

    /// <summary>A copy of the free text.</summary>
    /// <param name="States">The state behind each proper prefix of a trigger.</param>
    /// <param name="Complete">The state behind each trigger.</param>
    private sealed record FreeText(int[] States, int[] Complete);
}
