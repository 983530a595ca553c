using Ashlar.Models.Templates.Tree;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>The statements of a template: text, printed expressions, and tags with their bodies.</summary>
internal sealed class StatementParser
{
    private readonly TokenStream _tokens;
    private readonly ParserContext _context = new();
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;

    private StatementParser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new(tokens, _context);
        _targets = new(tokens);
    }

    public static Body ParseTemplate(string source, TemplateLimits limits)
    {
        var parser = new StatementParser(new(source, limits));
        var body = parser.ParseBody("", []);
        return parser._context.FirstMissing is var (reason, at) ? throw TokenStream.Error(reason, at) : body;
    }

    /// <summary>
    /// Statements up to a tag of one of these names, which becomes the current token; up to the end where there are none.
    /// </summary>
    private Body ParseBody(string opener, params string[] ends)
    {
        _tokens.Enter();
        var start = _tokens.Current.At;
        var statements = new List<Statement>();
        while (true)
        {
            var token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    _tokens.Advance();
                    statements.Add(new TextStatement(token.At, token.Text));
                    continue;
                case TokenKind.VariableBegin:
                    _tokens.Advance();
                    statements.Add(new PrintStatement(token.At, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.VariableEnd, "'}}'");
                    continue;
                case TokenKind.BlockBegin:
                    _tokens.Advance();
                    if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text)) break;
                    statements.Add(ParseTag(token.At));
                    continue;
                case TokenKind.End when ends.Length == 0:
                    break;
                default:
                    throw TokenStream.Error($"the block '{opener}' is never closed; add '{{% {ends[^1]} %}}'", start);
            }

            _tokens.Leave();
            return new(statements);
        }
    }

    /// <summary>A tag's opening has ended: reads its body and the closing tag.</summary>
    private Body ParseBlock(string opener)
    {
        EndTag();
        var missing = _context.MissingCount;
        var body = ParseBody(opener, "end" + opener);
        _context.InsistOnMissing(missing);
        _tokens.Advance();
        EndTag();
        return body;
    }

    private void EndTag() => _tokens.Expect(TokenKind.BlockEnd, "'%}'");

    private Statement ParseTag(Position at)
    {
        var name = _tokens.Expect(TokenKind.Name, "the name of a tag").Text;
        switch (name)
        {
            case "if": return ParseIf(at);
            case "for": return ParseFor(at);
            case "set": return ParseSet(at);
            case "macro": return ParseMacro(at);
            case "call": return ParseCall(at);
            case "with": return ParseWith(at);
            case "filter":
                var filter = _expressions.ParseBlockFilter();
                return new CaptureStatement(at, null, filter, ParseBlock(name));
            case "generation":
                return new WithStatement(at, [], OutsideLoops(() => ParseBlock(name)));
            case "print":
                return ParsePrint(at);
            case "do":
                return Closed(new DoStatement(at, _expressions.ParseTuple()));
            case "break" or "continue":
                if (_context.Loops == 0) throw TokenStream.Error($"'{name}' outside a loop", at);
                return Closed(new LeaveStatement(at, name == "break" ? Flow.Break : Flow.Continue));
            case "include" or "import" or "from" or "extends" or "block":
                throw TokenStream.Error($"'{name}' is not supported: a chat template is one file", at);
            case "autoescape" or "trans" or "debug":
                throw TokenStream.Error($"'{name}' is not supported: a prompt is plain text", at);
            default:
                throw TokenStream.Error($"unknown tag '{name}'", at);
        }
    }

    private Statement ParsePrint(Position at)
    {
        var expressions = new List<Expression>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (expressions.Count > 0) _tokens.ExpectOperator(",");
            expressions.Add(_expressions.Parse());
        }

        return Closed(new PrintStatement(at, expressions));
    }

    private Statement Closed(Statement statement)
    {
        EndTag();
        return statement;
    }

    private T OutsideLoops<T>(Func<T> parse)
    {
        var loops = _context.Loops;
        _context.Loops = 0;
        var result = parse();
        _context.Loops = loops;
        return result;
    }

    private IfStatement ParseIf(Position at)
    {
        var missing = _context.MissingCount;
        var branches = new List<(Expression, Body)>();
        Body? otherwise = null;
        string end;
        do
        {
            var condition = _expressions.ParseTuple(withCondition: false);
            EndTag();
            branches.Add((condition, ParseBody("if", "elif", "else", "endif")));
            end = _tokens.Advance().Text;
        }
        while (end == "elif");

        if (end == "else")
        {
            EndTag();
            otherwise = ParseBody("if", "endif");
            _tokens.Advance();
        }

        EndTag();
        _context.ForgiveMissing(missing);
        return new(at, branches, otherwise);
    }

    private ForStatement ParseFor(Position at)
    {
        if (_tokens.Current.IsName("loop")) throw _tokens.Error("cannot assign to the special variable 'loop'");
        var target = _targets.Parse();
        if (!_tokens.SkipName("in")) throw _tokens.Unexpected("'in'");
        var iterable = _expressions.ParseTuple(withCondition: false, endName: "recursive");
        var condition = _tokens.SkipName("if") ? _expressions.Parse() : null;
        var isRecursive = _tokens.SkipName("recursive");
        EndTag();

        var missing = _context.MissingCount;
        _context.Loops++;
        var body = ParseBody("for", "else", "endfor");
        _context.Loops--;
        Body? otherwise = null;
        if (_tokens.Advance().Text == "else")
        {
            EndTag();
            otherwise = ParseBody("for", "endfor");
            _tokens.Advance();
        }

        _context.InsistOnMissing(missing);

        EndTag();
        return new(at, target, iterable, condition, isRecursive, body, otherwise);
    }

    private Statement ParseSet(Position at)
    {
        var target = _targets.Parse(withAttributes: true);
        if (_tokens.SkipOperator("=")) return Closed(new SetStatement(at, target, _expressions.ParseTuple()));
        var filter = _tokens.SkipOperator("|") ? _expressions.ParseBlockFilter() : null;
        return new CaptureStatement(at, target, filter, ParseBlock("set"));
    }

    private WithStatement ParseWith(Position at)
    {
        var assignments = new List<(Target, Expression)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0) _tokens.ExpectOperator(",");
            var target = new NameTarget(_tokens.Current.At, _targets.ParseName());
            _tokens.ExpectOperator("=");
            assignments.Add((target, _expressions.Parse()));
        }

        return new(at, assignments, ParseBlock("with"));
    }

    private MacroStatement ParseMacro(Position at)
    {
        var name = _targets.ParseName();
        var uses = _context.BeginMacro();
        var parameters = ParseParameters();
        var body = OutsideLoops(() => ParseBlock("macro"));
        _context.EndMacro();
        return new(at, new(name, parameters, uses), body);
    }

    private CallStatement ParseCall(Position at)
    {
        var uses = _context.BeginMacro();
        var parameters = _tokens.Current.IsOperator("(") ? ParseParameters() : [];
        if (_expressions.Parse() is not CallExpression call)
        {
            throw TokenStream.Error("a call block needs the call of a macro", at);
        }

        uses.Clear();
        var body = OutsideLoops(() => ParseBlock("call"));
        _context.EndMacro();
        return new(at, call, new(null, parameters, uses), body);
    }

    private List<(string, Expression?)> ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.Current.IsOperator(")"))
        {
            if (parameters.Count > 0) _tokens.ExpectOperator(",");
            var at = _tokens.Current.At;
            var name = _targets.ParseName();
            var otherwise = _tokens.SkipOperator("=") ? _expressions.Parse() : null;
            if (otherwise is null && parameters is [.., { Default: not null }])
            {
                throw TokenStream.Error($"parameter '{name}' without a default follows one with a default", at);
            }

            if (otherwise is null && name == "caller") throw TokenStream.Error("the parameter 'caller' must have a default", at);
            parameters.Add((name, otherwise));
        }

        _tokens.ExpectOperator(")");
        return parameters;
    }
}
