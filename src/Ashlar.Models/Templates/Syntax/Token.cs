namespace Ashlar.Models.Templates.Syntax;

internal enum TokenKind
{
    /// <summary>Text outside tags.</summary>
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A piece of the source; a string's text is its value, without quotes and escapes.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, Position At)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;

    public override string ToString() => Kind switch
    {
        TokenKind.Data => "text",
        TokenKind.VariableBegin => "'{{'",
        TokenKind.VariableEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.End => "the end of the template",
        TokenKind.String => "a string",
        _ => $"'{Text}'",
    };
}
