using System.Text;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Stories;

/// <summary>
/// Tells what happens, sentence by sentence. Places of a phrase: <c>{A}</c> is the subject by name or pronoun, <c>{A!}</c> the name,
/// <c>{A.he}</c>, <c>{A.him}</c>, <c>{A.his}</c> pronouns, <c>{A.kind}</c> as "the fox"; <c>{T}</c> is "the kite", <c>{T.a}</c> "a red
/// kite", <c>{T.my}</c> "kite"; <c>{P}</c> is "the river", <c>{P.in}</c> "by the river"; any other letter in their stead.
/// </summary>
internal sealed class Teller(Draw draw)
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<char, object> _roles = [];
    private Being? _subject; // of the sentence before
    private Being[] _mentioned = []; // in the sentence before

    public World World { get; } = new();

    public Draw Draw => draw;

    /// <summary>The story so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Begins a new paragraph.</summary>
    public void Pause()
    {
        if (_text.Length > 0) _text.Append('\n');
        _subject = null;
    }

    /// <summary>Gives a letter to somebody, something or some place.</summary>
    public void Role(char letter, object what) => _roles[letter] = what;

    /// <summary>Has somebody be at a place when the story begins, or something lie there.</summary>
    public void Begin(Place where, params ReadOnlySpan<object> who)
    {
        foreach (var one in who) World.Do(new(Deed.Begin, one as Being, Thing: one as Thing, Where: where));
    }

    /// <summary>Has somebody have something when the story begins.</summary>
    public void Begin(Being who, Thing thing) => World.Do(new(Deed.Begin, who, Thing: thing));

    /// <summary>Has something happen and tells it in one of several ways.</summary>
    public void Tell(Happening happening, params string[] phrases)
    {
        World.Do(happening);
        Say(phrases);
    }

    /// <summary>Says something in which nothing happens, in one of several ways.</summary>
    public void Say(params string[] phrases)
    {
        if (_text.Length > 0 && _text[^1] != '\n') _text.Append(' ');
        var start = _text.Length;
        Being? subject = null;
        List<Being> mentioned = [];
        Phrase.Of(draw.Pick(phrases)).Write(draw, Word, _text);
        if (_text.Length == start) return;
        Capitalize(start);
        if (subject is not null) (_subject, _mentioned) = (subject, [.. mentioned]);

        string Word(string slot)
        {
            var what = _roles[slot[0]];
            if (what is not Being being) return Spell(what, slot);
            mentioned.Add(being);
            if (slot.Length > 1) return Spell(being, slot);
            var isClear = _subject == being && !_mentioned.Any(other => other != being && other.IsFemale == being.IsFemale);
            var isFirst = subject is null;
            subject ??= being;
            return isFirst && isClear && draw.Chance(65) ? being.He : being.Name;
        }
    }

    /// <summary>Says something now and then.</summary>
    public void Maybe(int percent, params string[] phrases)
    {
        if (draw.Chance(percent)) Say(phrases);
    }

    private static string Spell(object what, string slot) => (what, slot[1..]) switch
    {
        (Being being, "!") => being.Name,
        (Being being, ".he") => being.He,
        (Being being, ".him") => being.Him,
        (Being being, ".his") => being.His,
        (Being being, ".kind") => "the " + being.Kind,
        (Being being, ".a") => $"{(being.Kind[0] is 'o' ? "an" : "a")} {being.Kind}",
        (Being being, ".such") => $"{being.Trait} {being.Kind}",
        (Thing thing, "") => "the " + thing.Noun,
        (Thing thing, ".a") => thing.WithArticle,
        (Thing thing, ".my") => thing.Noun,
        (Place place, "") => place.Name,
        (Place place, ".in") => place.Inside,
        _ => throw new ArgumentException($"a phrase has '{slot}', which is not known"),
    };

    // A sentence begins where the phrase does, and behind a full stop; not behind words in quotes, of which somebody says them.
    private void Capitalize(int start)
    {
        for (var at = start; at < _text.Length; at++)
        {
            if (at > start && !(_text[at - 1] == ' ' && _text[at - 2] is '.' or '!' or '?')) continue;
            var first = _text[at] == '"' ? at + 1 : at;
            _text[first] = char.ToUpperInvariant(_text[first]);
        }
    }
}
