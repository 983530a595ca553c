using System.Text;
using System.Text.Json;
using Ashlar.Engine.Dialects;

namespace Ashlar.Engine.Tests.Dialects;

/// <summary>What a parser made of an output, in one line: neighbouring deltas are joined.</summary>
internal sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, string> _arguments = [];
    private string _kind = "";

    /// <summary>Arguments of the calls, by index.</summary>
    public IReadOnlyDictionary<int, string> Arguments => _arguments;

    /// <summary>Ids of the calls.</summary>
    public List<string> Ids { get; } = [];

    public static Transcript Of(DialectParser parser, IEnumerable<string> pieces)
    {
        var transcript = new Transcript();
        foreach (var piece in pieces) transcript.Add(parser.Append(piece));
        transcript.Add(parser.Finish());
        return transcript;
    }

    public override string ToString() => _text.ToString();

    private void Add(IReadOnlyList<DialectEvent> events)
    {
        foreach (var one in events)
        {
            switch (one)
            {
                case ContentDelta content:
                    Say("say", content.Text);
                    break;
                case ReasoningDelta reasoning:
                    Say("think", reasoning.Text);
                    break;
                case ToolCallBegun call:
                    Assert.Equal(_arguments.Count, call.Index);
                    _arguments[call.Index] = "";
                    Ids.Add(call.Id);
                    Say("call", call.Name);
                    break;
                case ToolCallArguments arguments:
                    Assert.NotEmpty(arguments.Text);
                    _arguments[arguments.Index] += arguments.Text;
                    Say("with", arguments.Text);
                    break;
                case ToolCallEnded end:
                    Assert.Equal(_arguments.Count - 1, end.Index);
                    if (end.IsComplete) JsonDocument.Parse(_arguments[end.Index]).Dispose();
                    Say(end.IsComplete ? "done" : "broken", "");
                    break;
            }
        }
    }

    private void Say(string kind, string text)
    {
        if (_kind != kind || kind is "call" or "done" or "broken")
        {
            _text.Append(_text.Length > 0 ? " " : "").Append(kind).Append(text.Length > 0 ? ":" : "");
        }

        _kind = kind;
        _text.Append(text);
    }
}
