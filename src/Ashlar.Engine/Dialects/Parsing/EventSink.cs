using System.Text;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Gathers what an output means. Neighbouring texts of one kind become one event. White space round reasoning and calls is the
/// format's, not the answer's: it is dropped, or one line break where text of a kind goes on behind it. So white space waits
/// for what comes behind it.
/// </summary>
/// <param name="newId">Gives a call its id, from its name and index.</param>
internal sealed class EventSink(Func<string, int, string> newId)
{
    private readonly List<DialectEvent> _events = [];
    private readonly StringBuilder _text = new(); // of the event to come
    private readonly StringBuilder _space = new(); // what waits
    private readonly bool[] _wasSaid = new bool[3];
    private Kind _kind;
    private bool _isCalling;
    private bool _isBehindBreak;

    private enum Kind
    {
        Content,
        Reasoning,
        Arguments,
    }

    /// <summary>Whether nothing but white space was said since the beginning, the last reasoning or the last call.</summary>
    public bool IsAtStart { get; private set; } = true;

    /// <summary>How many calls have begun.</summary>
    public int Calls { get; private set; }

    /// <summary>More of the answer.</summary>
    public void Content(ReadOnlySpan<char> text) => Say(Kind.Content, text);

    /// <summary>More reasoning.</summary>
    public void Reasoning(ReadOnlySpan<char> text) => Say(Kind.Reasoning, text);

    /// <summary>Something that is no text was read: white space here is nobody's.</summary>
    public void Break()
    {
        _space.Clear();
        IsAtStart = _isBehindBreak = true;
    }

    /// <summary>A call begins.</summary>
    public void BeginCall(string name, string? id = null)
    {
        Break();
        Flush();
        _events.Add(new ToolCallBegun(Calls, id ?? newId(name, Calls), name));
        Calls++;
        _isCalling = true;
    }

    /// <summary>More of the call's arguments.</summary>
    public void Arguments(ReadOnlySpan<char> text)
    {
        Switch(Kind.Arguments);
        _text.Append(text);
    }

    /// <summary>The call ends.</summary>
    public void EndCall(bool isComplete)
    {
        Flush();
        _events.Add(new ToolCallEnded(Calls - 1, isComplete));
        _isCalling = false;
    }

    /// <summary>The output ends: white space at the end of an answer is the answer's.</summary>
    public void End()
    {
        if (_isCalling) EndCall(isComplete: false);
        if (_kind == Kind.Content) _text.Append(_space);
        _space.Clear();
    }

    /// <summary>Takes what has been gathered.</summary>
    public DialectEvent[] Take()
    {
        Flush();
        DialectEvent[] taken = [.. _events];
        _events.Clear();
        return taken;
    }

    private void Say(Kind kind, ReadOnlySpan<char> text)
    {
        if (_isBehindBreak) text = text.TrimStart();
        if (text.IsEmpty) return;
        Switch(kind);
        var end = text.TrimEnd().Length;
        if (end > 0)
        {
            if (_isBehindBreak && _wasSaid[(int)kind]) _text.Append('\n');
            _text.Append(_space).Append(text[..end]);
            _space.Clear();
            _wasSaid[(int)kind] = true;
            IsAtStart = _isBehindBreak = false;
        }

        _space.Append(text[end..]);
    }

    private void Switch(Kind kind)
    {
        if (_kind != kind) Flush();
        _kind = kind;
    }

    private void Flush()
    {
        if (_text.Length == 0) return;
        var text = _text.ToString();
        _text.Clear();
        _events.Add(_kind switch
        {
            Kind.Content => new ContentDelta(text),
            Kind.Reasoning => new ReasoningDelta(text),
            _ => new ToolCallArguments(Calls - 1, text),
        });
    }
}
