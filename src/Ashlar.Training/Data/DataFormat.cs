namespace Ashlar.Training.Data;

/// <summary>What the files of a source hold.</summary>
public enum DataFormat
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>JSON lines of which one field is the text.</summary>
    JsonLines,

    /// <summary>JSON lines with a conversation, of which the answers are learnt.</summary>
    Chat,

    /// <summary>A token file.</summary>
    Tokens,
}
