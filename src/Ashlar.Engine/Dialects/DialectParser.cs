namespace Ashlar.Engine.Dialects;

/// <summary>
/// Takes an output's text as it comes and says what it means. How the text is cut into pieces does not matter. Nothing is said
/// that might have to be taken back: of a mark, a name, a header no part is ever passed on.
/// </summary>
/// <remarks>
/// What looks like a call and is none becomes content, as the model wrote it. A call is begun when its name is certain and its
/// arguments come; should these go astray, the call is ended as incomplete, and what follows is content: so nothing the model
/// said is lost. For one output; not safe for concurrent use.
/// </remarks>
public sealed class DialectParser
{
    private readonly TextFeed _feed = new();
    private readonly EventSink _sink;
    private readonly Task _reading;

    internal DialectParser(
        Func<CallReader, OutputReader> format, IReadOnlyList<ChatTool> tools, Func<string, int, string> newId, string begun)
    {
        _sink = new(newId);
        _feed.Append(begun);
        _reading = format(new(_feed, _sink, tools)).ReadAsync().AsTask();
    }

    /// <summary>Takes the next piece.</summary>
    /// <param name="text">The output's text, special tokens that the dialect asks for included.</param>
    /// <returns>What has become certain; often nothing.</returns>
    public IReadOnlyList<DialectEvent> Append(ReadOnlySpan<char> text)
    {
        _feed.Append(text);
        return Take();
    }

    /// <summary>The output has ended.</summary>
    /// <returns>What is left: text that was held back, the end of a call.</returns>
    public IReadOnlyList<DialectEvent> Finish()
    {
        _feed.End();
        _sink.End();
        return Take();
    }

    private DialectEvent[] Take()
    {
        if (_reading.IsFaulted) _reading.GetAwaiter().GetResult();
        return _sink.Take();
    }
}
