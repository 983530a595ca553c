using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>The rules that all JSON values share, each added to a network when first used.</summary>
internal sealed class JsonRules(NetworkBuilder network)
{
    // Blanks behind a line break: enough to indent deeply, few enough that a model cannot lose itself in them.
    private const int MaxIndent = 32;

    private int? _space;
    private int? _text;
    private int? _character;
    private int? _number;

    /// <summary>Nothing, one space, or a line break and up to 32 blanks.</summary>
    public int AddSpace(int from)
    {
        if (_space is null)
        {
            var (rule, start, end) = Begin("white space");
            _space = rule;
            network.AddEmpty(start, end);
            network.AddByte(start, (byte)' ', (byte)' ', end);
            var line = network.AddState();
            network.AddByte(start, (byte)'\n', (byte)'\n', line);
            network.AddByte(network.AddAnyOf(start, "\r"u8), (byte)'\n', (byte)'\n', line);
            for (var i = 0; i < MaxIndent; i++)
            {
                network.AddEmpty(line, end);
                line = network.AddAnyOf(line, " \t"u8);
            }

            network.AddEmpty(line, end);
        }

        return network.AddCall(from, _space.Value);
    }

    /// <summary>Any string with its quotation marks, with every escape that JSON knows.</summary>
    public int AddText(int from)
    {
        if (_text is null)
        {
            var (rule, start, end) = Begin("string");
            _text = rule;
            var inside = network.AddAnyOf(start, "\""u8);
            AddCharacter(inside, inside);
            network.AddByte(inside, (byte)'"', (byte)'"', end);
        }

        return network.AddCall(from, _text.Value);
    }

    /// <summary>A string of so many characters, with its quotation marks.</summary>
    public int AddText(int from, int min, int max)
    {
        if (_character is null)
        {
            var (rule, start, end) = Begin("character");
            _character = rule;
            AddCharacter(start, end);
        }

        var (inside, behind) = (network.AddAnyOf(from, "\""u8), network.AddState());
        network.AddCall(inside, _character.Value, behind, min, max);
        return network.AddAnyOf(behind, "\""u8);
    }

    /// <summary>Any number.</summary>
    public int AddNumber(int from)
    {
        if (_number is null)
        {
            var (rule, start, end) = Begin("number");
            _number = rule;
            var set = Patterns.PatternCompiler.Whole(
                @"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", "number", network.Budget);
            network.AddEmpty(network.AddSet(start, set), end);
        }

        return network.AddCall(from, _number.Value);
    }

    /// <summary>A string whose value is of a set, with its quotation marks.</summary>
    public int AddText(int from, Dfa values) =>
        network.AddAnyOf(network.AddSet(network.AddAnyOf(from, "\""u8), values, json: true), "\""u8);

    private (int Rule, int Start, int End) Begin(string name)
    {
        var rule = network.AddRule(name);
        return (rule, network.Rules[rule].Start, network.Rules[rule].End);
    }

    // One character: itself, or any way to escape it; a surrogate only with its other half.
    private void AddCharacter(int from, int to)
    {
        network.AddCodePoints(from, [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0xD7FF), (0xE000, CodePointRanges.Last)], to);
        var escape = network.AddAnyOf(from, "\\"u8);
        foreach (var letter in "\"\\/bfnrt"u8) network.AddByte(escape, letter, letter, to);
        var unit = network.AddAnyOf(escape, "u"u8);
        AddHex(AddHex(AddHex(network.AddAnyOf(unit, "0123456789abcefABCEF"u8)), 0), to, last: true);
        var high = network.AddAnyOf(unit, "dD"u8);
        AddHex(AddHex(network.AddAnyOf(high, "01234567"u8)), to, last: true);
        var second = AddHex(AddHex(network.AddAnyOf(high, "89abAB"u8)));
        var low = network.AddAnyOf(network.AddAnyOf(network.AddAnyOf(second, "\\"u8), "u"u8), "dD"u8);
        AddHex(AddHex(network.AddAnyOf(low, "cdefCDEF"u8)), to, last: true);
    }

    private int AddHex(int from, int to = 0, bool last = false)
    {
        if (!last) to = network.AddState();
        network.AddByte(from, (byte)'0', (byte)'9', to);
        network.AddByte(from, (byte)'A', (byte)'F', to);
        network.AddByte(from, (byte)'a', (byte)'f', to);
        return to;
    }
}
