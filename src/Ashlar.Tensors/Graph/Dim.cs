using System.Collections.Immutable;
using System.Globalization;

namespace Ashlar.Tensors;

/// <summary>
/// One dimension of a shape: a polynomial of <see cref="Symbol"/>s with integer coefficients, kept in a canonical form so
/// that equal sizes compare equal however they were computed (<c>tokens * 4</c> is <c>4 * tokens</c>).
/// </summary>
public readonly struct Dim : IEquatable<Dim>
{
    // Sorted by symbols, no zero coefficients; the constant is the term without symbols. Default: zero.
    private readonly ImmutableArray<Term> _terms;

    private Dim(ImmutableArray<Term> terms) => _terms = terms;

    private ImmutableArray<Term> Terms => _terms.IsDefault ? [] : _terms;

    /// <summary>Whether no symbol is left in the size.</summary>
    public bool IsConstant => Terms.All(term => term.Symbols.Length == 0);

    /// <summary>The size itself, where it is constant.</summary>
    /// <exception cref="InvalidOperationException">The size depends on a symbol.</exception>
    public long Value => IsConstant
        ? Terms.Length == 0 ? 0 : Terms[0].Coefficient
        : throw new InvalidOperationException($"the size {this} is known only when the graph runs");

    /// <summary>The symbol that the size consists of, or null when it is anything else.</summary>
    public Symbol? AsSymbol => Terms is [{ Coefficient: 1, Symbols: [var symbol] }] ? symbol : null;

    /// <summary>The symbols that the size depends on, each once.</summary>
    public IEnumerable<Symbol> Symbols => Terms.SelectMany(term => term.Symbols).Distinct();

    /// <summary>The summands of the size: each a coefficient times symbols.</summary>
    internal IEnumerable<(long Coefficient, ImmutableArray<Symbol> Symbols)> Summands =>
        Terms.Select(term => (term.Coefficient, term.Symbols));

    /// <summary>A constant size.</summary>
    public static implicit operator Dim(long value) => FromInt64(value);

    /// <summary>A size that is one symbol.</summary>
    public static implicit operator Dim(Symbol symbol) => FromSymbol(symbol);

    /// <summary>A constant size.</summary>
    public static Dim FromInt64(long value) => value == 0 ? default : new Dim([new Term(value, [])]);

    /// <summary>A size that is one symbol.</summary>
    public static Dim FromSymbol(Symbol symbol) => new([new Term(1, [symbol])]);

    /// <summary>The sum of two sizes.</summary>
    public static Dim operator +(Dim left, Dim right) => Sum(left.Terms.Concat(right.Terms));

    /// <summary>The difference of two sizes.</summary>
    public static Dim operator -(Dim left, Dim right) =>
        Sum(left.Terms.Concat(right.Terms.Select(term => term with { Coefficient = checked(-term.Coefficient) })));

    /// <summary>The product of two sizes.</summary>
    public static Dim operator *(Dim left, Dim right) => Sum(
        from a in left.Terms
        from b in right.Terms
        select new Term(
            checked(a.Coefficient * b.Coefficient),
            [.. a.Symbols.Concat(b.Symbols).Order(Comparer<Symbol>.Create(Symbol.Compare))]));

    /// <summary>Whether two sizes are equal for every value of their symbols.</summary>
    public static bool operator ==(Dim left, Dim right) => left.Equals(right);

    /// <summary>Whether two sizes differ for some value of their symbols.</summary>
    public static bool operator !=(Dim left, Dim right) => !left.Equals(right);

    /// <summary>The sum of two sizes.</summary>
    public static Dim Add(Dim left, Dim right) => left + right;

    /// <summary>The difference of two sizes.</summary>
    public static Dim Subtract(Dim left, Dim right) => left - right;

    /// <summary>The product of two sizes.</summary>
    public static Dim Multiply(Dim left, Dim right) => left * right;

    /// <summary>Divides by a product of a constant and symbols, where nothing is left over.</summary>
    public bool TryDivide(Dim divisor, out Dim quotient)
    {
        quotient = default;
        if (divisor.Terms is not [var by]) return false;

        var terms = new List<Term>(Terms.Length);
        foreach (var term in Terms)
        {
            var rest = term.Symbols.ToList();
            if (term.Coefficient % by.Coefficient != 0 || !by.Symbols.All(rest.Remove)) return false;
            terms.Add(new Term(term.Coefficient / by.Coefficient, [.. rest]));
        }

        quotient = Sum(terms);
        return true;
    }

    /// <summary>The size under given values of its symbols.</summary>
    /// <exception cref="KeyNotFoundException">A symbol has no value; the message names it.</exception>
    /// <exception cref="OverflowException">The size does not fit 63 bits.</exception>
    public long Evaluate(IReadOnlyDictionary<Symbol, long> values)
    {
        long sum = 0;
        foreach (var term in Terms)
        {
            var product = term.Coefficient;
            foreach (var symbol in term.Symbols)
            {
                if (!values.TryGetValue(symbol, out var value))
                {
                    throw new KeyNotFoundException($"no input gives the size '{symbol}'");
                }
                product = checked(product * value);
            }

            sum = checked(sum + product);
        }

        return sum;
    }

    /// <inheritdoc/>
    public bool Equals(Dim other) => Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var term in Terms) hash.Add(term);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Terms.Length == 0 ? "0" : string.Join('+', Terms).Replace("+-", "-", StringComparison.Ordinal);

    // Terms of the same symbols become one.
    private static Dim Sum(IEnumerable<Term> terms)
    {
        var sum = new List<Term>();
        foreach (var term in terms.Order())
        {
            if (sum.Count > 0 && sum[^1].CompareTo(term) == 0)
            {
                sum[^1] = term with { Coefficient = checked(sum[^1].Coefficient + term.Coefficient) };
            }
            else
            {
                sum.Add(term);
            }
        }

        sum.RemoveAll(term => term.Coefficient == 0);
        return new Dim([.. sum]);
    }

    private readonly record struct Term(long Coefficient, ImmutableArray<Symbol> Symbols) : IComparable<Term>
    {
        // By symbols alone; the constant comes last.
        public int CompareTo(Term other)
        {
            for (var i = 0; i < Symbols.Length && i < other.Symbols.Length; i++)
            {
                if (Symbol.Compare(Symbols[i], other.Symbols[i]) is not 0 and var order) return order;
            }

            return other.Symbols.Length.CompareTo(Symbols.Length);
        }

        public bool Equals(Term other) => Coefficient == other.Coefficient && Symbols.SequenceEqual(other.Symbols);

        public override int GetHashCode() => HashCode.Combine(Coefficient, Symbols.Length);

        public override string ToString() => (Coefficient, Symbols.Length) switch
        {
            (_, 0) => Coefficient.ToString(CultureInfo.InvariantCulture),
            (1, _) => string.Join('*', Symbols),
            (-1, _) => $"-{string.Join('*', Symbols)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{Coefficient}*{string.Join('*', Symbols)}"),
        };
    }
}
