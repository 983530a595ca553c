using System.Runtime.CompilerServices;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>The tokens of a source with one token of lookahead, and the bound on how deep constructs nest.</summary>
internal sealed class TokenStream
{
    private readonly Lexer _lexer;
    private readonly int _depthAllowed;
    private Token? _ahead;
    private int _depth;

    public TokenStream(string source, TemplateLimits limits)
    {
        _lexer = new(source);
        _depthAllowed = limits.Depth;
        Current = _lexer.Next();
    }

    public Token Current { get; private set; }

    public Token Ahead => _ahead ??= _lexer.Next();

    public Token Advance()
    {
        var token = Current;
        Current = _ahead ?? _lexer.Next();
        _ahead = null;
        return token;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Advance();
        return true;
    }

    public bool SkipOperator(string symbol)
    {
        if (!Current.IsOperator(symbol)) return false;
        Advance();
        return true;
    }

    public Token Expect(TokenKind kind, string description) => Current.Kind == kind ? Advance() : throw Unexpected(description);

    public void ExpectOperator(string symbol)
    {
        if (!SkipOperator(symbol)) throw Unexpected($"'{symbol}'");
    }

    /// <summary>Begins a nested construct; <see cref="Leave"/> ends it.</summary>
    public void Enter()
    {
        if (++_depth <= _depthAllowed && RuntimeHelpers.TryEnsureSufficientExecutionStack()) return;
        throw new TemplateException(
            TemplateErrorKind.Limit, $"constructs are nested {_depth} deep, more than is allowed", Current.At);
    }

    public void Leave() => _depth--;

    public TemplateException Unexpected(string expected) => Error($"expected {expected}, found {Current}");

    public TemplateException Error(string reason) => Error(reason, Current.At);

    public static TemplateException Error(string reason, Position at) => new(TemplateErrorKind.Syntax, reason, at);
}
