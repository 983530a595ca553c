using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates;

/// <summary>Text being written: the rendered output, or a captured part that becomes a value.</summary>
internal sealed class TextSink(Budget budget, bool isOutput = false)
{
    private readonly StringBuilder _text = new();

    public Budget Budget => budget;

    public int Length => _text.Length;

    public void Append(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        _text.Append(text);
    }

    public void Append(char character)
    {
        Reserve(1);
        _text.Append(character);
    }

    public void Append(char character, int count)
    {
        if (count <= 0) return;
        Reserve(count);
        _text.Append(character, count);
    }

    public void Append(string text, int count)
    {
        if (text.Length == 1) Append(text[0], count);
        else for (var i = 0; i < count; i++) Append(text);
    }

    public StringValue ToValue() => new(_text.ToString());

    public override string ToString() => _text.ToString();

    private void Reserve(int characters)
    {
        if (!isOutput)
        {
            // Twice: the text is copied once more when it becomes a value.
            budget.Allocate(4L * characters);
        }
        else if ((long)_text.Length + characters > budget.Limits.OutputCharacters)
        {
            throw budget.Exceeded($"the output is longer than {budget.Limits.OutputCharacters} characters");
        }

        budget.Scan(characters);
    }
}
