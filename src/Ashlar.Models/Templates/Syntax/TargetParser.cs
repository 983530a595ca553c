using Ashlar.Models.Templates.Tree;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>What stands left of an assignment: names, tuples of names, attributes of a namespace.</summary>
internal sealed class TargetParser(TokenStream tokens)
{
    public Target Parse(bool withAttributes = false)
    {
        tokens.Enter();
        var at = tokens.Current.At;
        var targets = new List<Target> { ParseOne(withAttributes) };
        var isTuple = false;
        while (tokens.SkipOperator(","))
        {
            isTuple = true;
            if (tokens.Current.Kind == TokenKind.Name && !tokens.Current.IsName("in") || tokens.Current.IsOperator("("))
            {
                targets.Add(ParseOne(withAttributes));
            }
            else
            {
                break;
            }
        }

        tokens.Leave();
        return isTuple ? new TupleTarget(at, targets) : targets[0];
    }

    public string ParseName()
    {
        var token = tokens.Expect(TokenKind.Name, "a name");
        return token.Text is "true" or "True" or "false" or "False" or "none" or "None"
            ? throw TokenStream.Error($"cannot assign to '{token.Text}'", token.At)
            : token.Text;
    }

    private Target ParseOne(bool withAttributes)
    {
        var at = tokens.Current.At;
        if (tokens.SkipOperator("("))
        {
            var inner = Parse(withAttributes);
            tokens.ExpectOperator(")");
            return inner;
        }

        var name = ParseName();
        if (!withAttributes || !tokens.SkipOperator(".")) return new NameTarget(at, name);
        return new AttributeTarget(at, name, tokens.Expect(TokenKind.Name, "the name of an attribute").Text);
    }
}
