namespace Ashlar.Server.Answers;

/// <summary>Why a choice of an answer ended, in no protocol's words.</summary>
internal enum AnswerEnd
{
    /// <summary>The model ended its turn, or a token or text that the request named came.</summary>
    Stop,

    /// <summary>The token limit, or the end of the context, was reached.</summary>
    Length,

    /// <summary>The model calls tools and waits for what they bring.</summary>
    ToolCalls,
}
