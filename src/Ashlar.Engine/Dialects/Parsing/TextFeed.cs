using System.Threading.Tasks.Sources;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Text that comes in pieces, for a reader that is written as if it had it all: where it needs more, it awaits. The awaiting
/// code goes on inside <see cref="Append"/> and <see cref="End"/>, on the caller's thread; nothing ever runs elsewhere.
/// </summary>
internal sealed class TextFeed : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _arrival;
    private char[] _text = new char[256];
    private int _mark = -1; // what lies behind it is kept
    private int _position;
    private int _length;
    private bool _isAwaited;

    /// <summary>Whether no more text will come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The text that has come and was not taken.</summary>
    public ReadOnlySpan<char> Ahead => _text.AsSpan(_position, _length - _position);

    /// <summary>What was taken since the last <see cref="Mark"/>.</summary>
    public ReadOnlySpan<char> SinceMark => _text.AsSpan(_mark, _position - _mark);

    /// <summary>Takes text.</summary>
    public void Skip(int count) => _position += count;

    /// <summary>Keeps what is taken from here on.</summary>
    public void Mark() => _mark = _position;

    /// <summary>Gives back what was taken since the mark.</summary>
    public void Rewind() => _position = _mark;

    /// <summary>Keeps nothing any more.</summary>
    public void Unmark() => _mark = -1;

    /// <summary>Waits for text beyond what is <see cref="Ahead"/>.</summary>
    /// <returns>Whether there is more; otherwise the text has ended.</returns>
    public ValueTask<bool> MoreAsync()
    {
        if (HasEnded) return new(false);
        _arrival.Reset();
        _isAwaited = true;
        return new(this, _arrival.Version);
    }

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var kept = _mark < 0 ? _position : _mark;
        if (kept > 0)
        {
            _text.AsSpan(kept, _length - kept).CopyTo(_text);
            (_position, _length) = (_position - kept, _length - kept);
            if (_mark >= 0) _mark = 0;
        }

        var needed = _length + text.Length;
        if (needed > _text.Length) Array.Resize(ref _text, Math.Max(needed, 2 * _text.Length));
        text.CopyTo(_text.AsSpan(_length));
        _length = needed;
        Wake(true);
    }

    /// <summary>The text has ended.</summary>
    public void End()
    {
        HasEnded = true;
        Wake(false);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _arrival.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    private void Wake(bool isThereMore)
    {
        if (!_isAwaited) return;
        _isAwaited = false;
        _arrival.SetResult(isThereMore);
    }
}
