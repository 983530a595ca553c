namespace Ashlar.Server.Answers;

/// <summary>What an <see cref="AnswerPiece"/> brings.</summary>
internal enum PieceKind
{
    /// <summary>The choice begins; before anything else of it.</summary>
    Start,

    /// <summary>More of what the model thought before it answered.</summary>
    Reasoning,

    /// <summary>More of the text.</summary>
    Text,

    /// <summary>A tool call begins: its id and name are known.</summary>
    Call,

    /// <summary>More of the arguments, JSON, of the call that began last.</summary>
    CallArguments,

    /// <summary>The call that began last has ended.</summary>
    CallEnd,

    /// <summary>The choice has ended; after everything else of it.</summary>
    End,
}
