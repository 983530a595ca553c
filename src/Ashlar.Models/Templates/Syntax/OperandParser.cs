using System.Text;
using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Tree;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>Operands: literals, names, displays, and what may follow them.</summary>
internal sealed class OperandParser(TokenStream tokens, ParserContext context)
{
    public Expression ParsePrimary(ExpressionParser expressions)
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Advance();
                if (Constant(token.Text) is { } constant) return new Literal(token.At, constant);
                context.NoteName(token.Text);
                return new NameExpression(token.At, token.Text);
            case TokenKind.String:
                return new Literal(token.At, new StringValue(ReadStrings()));
            case TokenKind.Integer:
                tokens.Advance();
                return new Literal(token.At, IntValue.Of(NumberText.ParseInteger(token.Text, token.At)));
            case TokenKind.Float:
                tokens.Advance();
                return new Literal(token.At, new FloatValue(NumberText.ParseFloat(token.Text)));
            case TokenKind.Operator when tokens.SkipOperator("("):
                var inner = expressions.ParseTuple(inParentheses: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when tokens.SkipOperator("["):
                return new SequenceExpression(token.At, ParseElements("]", () => expressions.Parse()), isTuple: false);
            case TokenKind.Operator when tokens.SkipOperator("{"):
                return new DictExpression(token.At, ParseElements("}", () => ParseEntry(expressions)));
            default:
                throw tokens.Unexpected("an expression");
        }
    }

    public Expression ParsePostfix(Expression operand, ExpressionParser expressions)
    {
        while (tokens.Current.Kind == TokenKind.Operator)
        {
            if (tokens.SkipOperator(".")) operand = ParseAttribute(operand);
            else if (tokens.Current.IsOperator("[")) operand = ParseSubscript(operand, expressions);
            else if (tokens.Current.IsOperator("(")) operand = ParseCall(operand, expressions);
            else break;
        }

        return operand;
    }

    /// <summary>Filters, tests, and calls of what they give.</summary>
    public Expression ParseFilters(Expression operand, ExpressionParser expressions)
    {
        while (true)
        {
            if (tokens.SkipOperator("|")) operand = ParseFilter(operand, expressions);
            else if (tokens.SkipName("is")) operand = ParseTest(operand, expressions);
            else if (tokens.Current.IsOperator("(")) operand = ParseCall(operand, expressions);
            else return operand;
        }
    }

    public FilterExpression ParseBlockFilter(ExpressionParser expressions)
    {
        Expression? chain = null;
        do
        {
            var filter = ParseFilter(chain, expressions);
            chain = filter is FilterExpression ? filter : throw TokenStream.Error("there is no such filter", filter.At);
        }
        while (tokens.SkipOperator("|"));

        return (FilterExpression)chain;
    }

    private ArgumentList ParseArguments(ExpressionParser expressions)
    {
        tokens.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expression? more = null, moreNamed = null;
        while (!tokens.Current.IsOperator(")"))
        {
            var isOrdered = true;
            if (tokens.SkipOperator("*"))
            {
                isOrdered = more is null && moreNamed is null;
                more = expressions.Parse();
            }
            else if (tokens.SkipOperator("**"))
            {
                isOrdered = moreNamed is null;
                moreNamed = expressions.Parse();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Ahead.IsOperator("="))
            {
                isOrdered = moreNamed is null;
                var name = tokens.Advance().Text;
                if (!names.Add(name)) throw tokens.Error($"argument '{name}' is given twice");
                tokens.Advance();
                named.Add((name, expressions.Parse()));
            }
            else
            {
                isOrdered = more is null && moreNamed is null && named.Count == 0;
                positional.Add(expressions.Parse());
            }

            if (!isOrdered) throw tokens.Error("invalid order of arguments: first by position, then *, by name, **");
            if (!tokens.SkipOperator(",")) break;
        }

        tokens.ExpectOperator(")");
        return positional.Count + named.Count == 0 && more is null && moreNamed is null
            ? ArgumentList.None
            : new(positional, named, more, moreNamed);
    }

    private CallExpression ParseCall(Expression callee, ExpressionParser expressions) =>
        new(callee.At, callee, ParseArguments(expressions));

    private static Value? Constant(string name) => name switch
    {
        "true" or "True" => BoolValue.True,
        "false" or "False" => BoolValue.False,
        "none" or "None" => NoneValue.Instance,
        _ => null,
    };

    private string ReadStrings()
    {
        var first = tokens.Advance().Text;
        if (tokens.Current.Kind != TokenKind.String) return first;
        var joined = new StringBuilder(first);
        while (tokens.Current.Kind == TokenKind.String) joined.Append(tokens.Advance().Text);
        return joined.ToString();
    }

    private List<T> ParseElements<T>(string close, Func<T> parse)
    {
        var elements = new List<T>();
        while (!tokens.Current.IsOperator(close))
        {
            elements.Add(parse());
            if (!tokens.SkipOperator(",")) break;
        }

        tokens.ExpectOperator(close);
        return elements;
    }

    private (Expression, Expression) ParseEntry(ExpressionParser expressions)
    {
        var key = expressions.Parse();
        tokens.ExpectOperator(":");
        return (key, expressions.Parse());
    }

    private Expression ParseAttribute(Expression owner)
    {
        var token = tokens.Current;
        if (token.Kind == TokenKind.Integer)
        {
            tokens.Advance();
            var index = IntValue.Of(NumberText.ParseInteger(token.Text, token.At));
            return new SubscriptExpression(token.At, owner, new Literal(token.At, index));
        }

        return new AttributeExpression(token.At, owner, tokens.Expect(TokenKind.Name, "a name or number after '.'").Text);
    }

    private SubscriptExpression ParseSubscript(Expression owner, ExpressionParser expressions)
    {
        var at = tokens.Advance().At;
        var keys = new List<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            if (keys.Count > 0) tokens.ExpectOperator(",");
            keys.Add(ParseKey(expressions));
        }

        tokens.Advance();
        return new(at, owner, keys.Count == 1 ? keys[0] : new SequenceExpression(at, keys, isTuple: true));
    }

    private Expression ParseKey(ExpressionParser expressions)
    {
        var at = tokens.Current.At;
        var start = tokens.Current.IsOperator(":") ? null : expressions.Parse();
        if (!tokens.SkipOperator(":")) return start!;
        var stop = IsPartEnd() ? null : expressions.Parse();
        var step = tokens.SkipOperator(":") && !IsPartEnd() ? expressions.Parse() : null;
        return new SliceExpression(at, start, stop, step);

        bool IsPartEnd() => tokens.Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," };
    }

    private Expression ParseFilter(Expression? input, ExpressionParser expressions)
    {
        var (name, at) = ReadDottedName("the name of a filter");
        var arguments = tokens.Current.IsOperator("(") ? ParseArguments(expressions) : ArgumentList.None;
        return Filters.Table.Find(name) is { } filter
            ? new FilterExpression(at, input, filter, arguments)
            : Missing($"there is no filter named '{name}'", at);
    }

    private Expression ParseTest(Expression input, ExpressionParser expressions)
    {
        var isNegated = tokens.SkipName("not");
        var (name, at) = ReadDottedName("the name of a test");
        var arguments = ArgumentList.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments(expressions);
        }
        else if (tokens.Current is
        { Kind: TokenKind.Name, Text: not ("else" or "or" or "and") } or
        { Kind: TokenKind.String or TokenKind.Integer or TokenKind.Float } or
        { Kind: TokenKind.Operator, Text: "[" or "{" })
        {
            if (tokens.Current.IsName("is")) throw tokens.Error("tests cannot be chained with 'is'");
            tokens.Enter();
            arguments = new([ParsePostfix(ParsePrimary(expressions), expressions)], [], null, null);
            tokens.Leave();
        }

        Expression test = Tests.Table.Find(name) is { } routine
            ? new TestExpression(at, input, routine, arguments)
            : Missing($"there is no test named '{name}'", at);
        return isNegated ? new UnaryExpression(at, test, (value, _) => BoolValue.Of(!value.IsTrue)) : test;
    }

    private (string Name, Position At) ReadDottedName(string expected)
    {
        var token = tokens.Expect(TokenKind.Name, expected);
        if (!tokens.Current.IsOperator(".")) return (token.Text, token.At);
        var name = new StringBuilder(token.Text);
        while (tokens.SkipOperator(".")) name.Append('.').Append(tokens.Expect(TokenKind.Name, expected).Text);
        return (name.ToString(), token.At);
    }

    private FailingExpression Missing(string reason, Position at)
    {
        context.NoteMissing(reason, at);
        return new(at, reason);
    }
}
