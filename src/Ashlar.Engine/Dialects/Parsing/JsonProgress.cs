namespace Ashlar.Engine.Dialects;

/// <summary>Follows a JSON value character by character, and says whether it still can be one and when it is whole.</summary>
internal sealed class JsonProgress
{
    private const int Deepest = 256;

    private readonly Stack<bool> _open = new(); // true for an object, false for an array
    private State _state = State.Value;
    private string _literal = "";
    private int _count; // characters of a literal, digits of an escape
    private bool _isKey;

    private enum State
    {
        Value,
        ValueOrEnd, // behind '['
        KeyOrEnd, // behind '{'
        Key,
        Colon,
        Comma,
        String,
        Escape,
        Unicode,
        Literal,
        Minus,
        Zero,
        Integer,
        Point,
        Fraction,
        Exponent,
        ExponentSign,
        ExponentDigits,
        Whole,
    }

    /// <summary>Whether the value is whole. A number is when something else follows it: see <see cref="CanEnd"/>.</summary>
    public bool IsWhole => _state == State.Whole;

    /// <summary>Whether what was taken is a whole value, should nothing follow.</summary>
    public bool CanEnd => IsWhole || (_open.Count == 0 && IsNumberWhole);

    /// <summary>Whether the next character is a string's.</summary>
    public bool IsInString => _state == State.String;

    private bool IsNumberWhole => _state is State.Zero or State.Integer or State.Fraction or State.ExponentDigits;

    /// <summary>Takes the next character, if it can come next.</summary>
    public bool Take(char next)
    {
        if (IsNumberWhole && !ContinuesNumber(next))
        {
            Complete();
            if (IsWhole) return false;
        }

        switch (_state)
        {
            case State.String:
                if (next == '"') EndString();
                else if (next == '\\') _state = State.Escape;
                else return next >= ' ';
                return true;
            case State.Escape:
                (_state, _count) = (next == 'u' ? State.Unicode : State.String, 0);
                return "\"\\/bfnrtu".Contains(next, StringComparison.Ordinal);
            case State.Unicode:
                if (++_count == 4) _state = State.String;
                return char.IsAsciiHexDigit(next);
            case State.Literal:
                if (_literal[_count++] != next) return false;
                if (_count == _literal.Length) Complete();
                return true;
            case State.Minus or State.Zero or State.Integer or State.Point or State.Fraction
                or State.Exponent or State.ExponentSign or State.ExponentDigits:
                return TakeOfNumber(next);
            case State.Whole:
                return false;
            default:
                return next is ' ' or '\t' or '\r' or '\n' || TakeOfStructure(next);
        }
    }

    private bool TakeOfStructure(char next)
    {
        switch (_state, next)
        {
            case (State.KeyOrEnd, '}') or (State.ValueOrEnd, ']'):
            case (State.Comma, '}') when _open.Peek():
            case (State.Comma, ']') when !_open.Peek():
                _open.Pop();
                Complete();
                return true;
            case (State.Comma, ','):
                _state = _open.Peek() ? State.Key : State.Value;
                return true;
            case (State.Key or State.KeyOrEnd, '"'):
                (_state, _isKey) = (State.String, true);
                return true;
            case (State.Colon, ':'):
                _state = State.Value;
                return true;
            case (State.Value or State.ValueOrEnd, _):
                return BeginValue(next);
            default:
                return false;
        }
    }

    private bool BeginValue(char next)
    {
        switch (next)
        {
            case '{' or '[':
                if (_open.Count == Deepest) return false;
                _open.Push(next == '{');
                _state = next == '{' ? State.KeyOrEnd : State.ValueOrEnd;
                return true;
            case '"':
                (_state, _isKey) = (State.String, false);
                return true;
            case 't' or 'f' or 'n':
                _literal = next switch { 't' => "true", 'f' => "false", _ => "null" };
                (_state, _count) = (State.Literal, 1);
                return true;
            case '-':
                _state = State.Minus;
                return true;
            default:
                _state = next == '0' ? State.Zero : State.Integer;
                return char.IsAsciiDigit(next);
        }
    }

    private bool ContinuesNumber(char next) => next switch
    {
        >= '0' and <= '9' => true, // a zero in front is refused below
        '.' => _state is State.Zero or State.Integer,
        'e' or 'E' => _state is not State.ExponentDigits,
        _ => false,
    };

    private bool TakeOfNumber(char next)
    {
        var isDigit = char.IsAsciiDigit(next);
        State? following = _state switch
        {
            State.Minus when isDigit => next == '0' ? State.Zero : State.Integer,
            State.Integer when isDigit => State.Integer,
            State.Zero or State.Integer when next == '.' => State.Point,
            State.Point or State.Fraction when isDigit => State.Fraction,
            State.Zero or State.Integer or State.Fraction when next is 'e' or 'E' => State.Exponent,
            State.Exponent when next is '+' or '-' => State.ExponentSign,
            State.Exponent or State.ExponentSign or State.ExponentDigits when isDigit => State.ExponentDigits,
            _ => null,
        };
        if (following is not { } state) return false;
        _state = state;
        return true;
    }

    private void EndString()
    {
        if (_isKey) _state = State.Colon;
        else Complete();
        _isKey = false;
    }

    private void Complete() => _state = _open.Count == 0 ? State.Whole : State.Comma;
}
