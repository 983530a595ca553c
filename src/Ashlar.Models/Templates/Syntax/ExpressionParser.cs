using Ashlar.Models.Templates.Operations;
using Ashlar.Models.Templates.Tree;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>
/// Expressions by precedence, loosest first: inline if, or, and, not, comparisons and membership, sums, <c>~</c>,
/// products, powers, signs; then what follows an operand: attributes, subscripts, calls, filters, tests.
/// </summary>
internal sealed class ExpressionParser(TokenStream tokens, ParserContext context)
{
    private readonly OperandParser _operands = new(tokens, context);

    public Expression Parse(bool withCondition = true)
    {
        tokens.Enter();
        var expression = withCondition ? ParseConditional() : ParseOr();
        tokens.Leave();
        return expression;
    }

    /// <summary>
    /// One expression, or several with commas: a tuple without parentheses. It ends with the tag, or before that name.
    /// </summary>
    public Expression ParseTuple(bool withCondition = true, string? endName = null, bool inParentheses = false)
    {
        var at = tokens.Current.At;
        var elements = new List<Expression>();
        var isTuple = false;
        while (!IsTupleEnd(endName))
        {
            elements.Add(Parse(withCondition));
            if (!tokens.SkipOperator(",")) break;
            isTuple = true;
        }

        if (isTuple || elements.Count == 0 && inParentheses) return new SequenceExpression(at, elements, isTuple: true);
        return elements.Count > 0 ? elements[0] : throw tokens.Unexpected("an expression");
    }

    /// <summary>A filter's name and arguments, and any filters after it, to be applied to a block's text.</summary>
    public FilterExpression ParseBlockFilter() => _operands.ParseBlockFilter(this);

    private bool IsTupleEnd(string? endName) =>
        tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.End
        || tokens.Current.IsOperator(")")
        || endName is not null && tokens.Current.IsName(endName);

    private Expression ParseConditional()
    {
        var missing = context.MissingCount;
        var value = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            var at = tokens.Advance().At;
            var condition = ParseOr();
            var otherwise = tokens.SkipName("else") ? Parse() : null;
            context.ForgiveMissing(missing);
            value = new ConditionalExpression(at, condition, value, otherwise);
        }

        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.Current.IsName("or")) left = new LogicalExpression(tokens.Advance().At, left, ParseAnd(), isAnd: false);
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Current.IsName("and")) left = new LogicalExpression(tokens.Advance().At, left, ParseNot(), isAnd: true);
        return left;
    }

    private Expression ParseNot()
    {
        if (!tokens.Current.IsName("not")) return ParseCompare();
        tokens.Enter();
        var not = new UnaryExpression(tokens.Advance().At, ParseNot(), (value, _) => BoolValue.Of(!value.IsTrue));
        tokens.Leave();
        return not;
    }

    private Expression ParseCompare()
    {
        var at = tokens.Current.At;
        var first = ParseSum();
        var chain = new List<(Func<Value, Value, Budget, bool>, Expression)>();
        while (NextComparison() is { } holds) chain.Add((holds, ParseSum()));
        return chain.Count == 0 ? first : new CompareExpression(at, first, chain);
    }

    private Func<Value, Value, Budget, bool>? NextComparison()
    {
        if (tokens.Current.IsName("not") && tokens.Ahead.IsName("in"))
        {
            tokens.Advance();
            tokens.Advance();
            return (left, right, budget) => !Comparison.Contains(right, left, budget);
        }

        Func<Value, Value, Budget, bool>? holds = tokens.Current switch
        {
            { Kind: TokenKind.Name, Text: "in" } => (left, right, budget) => Comparison.Contains(right, left, budget),
            { Kind: not TokenKind.Operator } => null,
            { Text: "==" } => (left, right, budget) => left.EqualTo(right, budget),
            { Text: "!=" } => (left, right, budget) => !left.EqualTo(right, budget),
            { Text: "<" } => Comparison.IsLess,
            { Text: "<=" } => Comparison.IsAtMost,
            { Text: ">" } => Comparison.IsGreater,
            { Text: ">=" } => Comparison.IsAtLeast,
            _ => null,
        };
        if (holds is not null) tokens.Advance();
        return holds;
    }

    private Expression ParseSum()
    {
        var left = ParseConcat();
        while (tokens.Current is { Kind: TokenKind.Operator, Text: "+" or "-" })
        {
            var symbol = tokens.Advance();
            left = new BinaryExpression(
                symbol.At, left, ParseConcat(), symbol.Text == "+" ? Arithmetic.Add : Arithmetic.Subtract);
        }

        return left;
    }

    private Expression ParseConcat()
    {
        var at = tokens.Current.At;
        var operands = new List<Expression> { ParseProduct() };
        while (tokens.SkipOperator("~")) operands.Add(ParseProduct());
        return operands.Count == 1 ? operands[0] : new ConcatExpression(at, operands);
    }

    private Expression ParseProduct()
    {
        var left = ParsePower();
        while (tokens.Current is { Kind: TokenKind.Operator, Text: "*" or "/" or "//" or "%" })
        {
            var symbol = tokens.Advance();
            left = new BinaryExpression(symbol.At, left, ParsePower(), symbol.Text switch
            {
                "*" => Arithmetic.Multiply,
                "/" => Arithmetic.Divide,
                "//" => Arithmetic.FloorDivide,
                _ => Arithmetic.Modulo,
            });
        }

        return left;
    }

    private Expression ParsePower()
    {
        // Unlike Python's, Jinja's powers group from the left, and signs bind tighter.
        var left = ParseSigned();
        while (tokens.Current.IsOperator("**"))
        {
            left = new BinaryExpression(tokens.Advance().At, left, ParseSigned(), Arithmetic.Power);
        }

        return left;
    }

    private Expression ParseSigned(bool withFilters = true)
    {
        Expression operand;
        if (tokens.Current is { Kind: TokenKind.Operator, Text: "-" or "+" })
        {
            tokens.Enter();
            var sign = tokens.Advance();
            operand = new UnaryExpression(
                sign.At, ParseSigned(withFilters: false), sign.Text == "-" ? Arithmetic.Negate : Arithmetic.Plus);
            tokens.Leave();
        }
        else
        {
            operand = _operands.ParsePrimary(this);
        }

        operand = _operands.ParsePostfix(operand, this);
        return withFilters ? _operands.ParseFilters(operand, this) : operand;
    }
}
