using System.Text;

namespace Ashlar.Server.Infill;

/// <summary>
/// Ends a text before its first line that is indented less than the place it is for: what comes then belongs to the code around.
/// The first line, which goes on from the cursor's, and empty lines do not count.
/// </summary>
/// <param name="least">Blanks that a line must begin with; 0 for any number.</param>
internal sealed class IndentationLimit(int least)
{
    private readonly StringBuilder _blanks = new(); // of a line of which nothing else has come yet
    private bool _isAtBlanks;

    /// <summary>Whether the text has ended.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Whether the text has more than one line.</summary>
    public bool HasLines { get; private set; }

    /// <summary>Takes more of the text, and gives what is certain to be part of it.</summary>
    public string Append(string text)
    {
        var certain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (IsReached) break;
            if (_isAtBlanks && character is ' ' or '\t')
            {
                _blanks.Append(character);
                continue;
            }

            if (_isAtBlanks && character is not ('\n' or '\r') && _blanks.Length < least)
            {
                IsReached = true;
                _blanks.Clear();
                break;
            }

            certain.Append(_blanks).Append(character);
            _blanks.Clear();
            _isAtBlanks = character is '\n' || (_isAtBlanks && character is '\r');
            HasLines |= _isAtBlanks;
        }

        return certain.ToString();
    }

    /// <summary>What is left when the text has ended.</summary>
    public string Finish()
    {
        var rest = _blanks.ToString();
        _blanks.Clear();
        return rest;
    }
}
