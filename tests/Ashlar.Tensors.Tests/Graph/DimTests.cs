using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Graphs;

public class DimTests
{
    private static readonly Symbol Tokens = new("tokens");
    private static readonly Symbol Heads = new("heads");

    [Fact]
    public void Sizes_obey_the_laws_of_algebra_and_evaluate_as_they_are_written()
    {
        var random = Kernel.Seeded(60);
        var values = new Dictionary<Symbol, long> { [Tokens] = 7, [Heads] = 3 };
        for (var repeat = 0; repeat < 500; repeat++)
        {
            var (a, b, c) = (Random(random), Random(random), Random(random));
            Assert.Equal(a + b, b + a);
            Assert.Equal(a * b, b * a);
            Assert.Equal(a + b + c, a + (b + c));
            Assert.Equal(a * b * c, a * (b * c));
            Assert.Equal(a * (b + c), a * b + a * c);
            Assert.Equal(0, a - a);
            Assert.Equal((a * b).GetHashCode(), (b * a).GetHashCode());
            Assert.Equal(a.Evaluate(values) * b.Evaluate(values) - c.Evaluate(values), (a * b - c).Evaluate(values));
            var monomial = (Dim)random.Next(1, 9) * (random.Next(2) == 0 ? Tokens : 1) * (random.Next(2) == 0 ? Heads : 1);
            Assert.True((a * monomial).TryDivide(monomial, out var quotient));
            Assert.Equal(a, quotient);
        }
    }

    private static Dim Random(Random random)
    {
        Dim dim = random.Next(-5, 6);
        for (var i = random.Next(4); i > 0; i--)
        {
            Dim factor = random.Next(3) switch { 0 => Tokens, 1 => Heads, _ => random.Next(-5, 6) };
            dim = random.Next(2) == 0 ? dim + factor : dim * factor;
        }

        return dim;
    }

    [Fact]
    public void Division_leaves_nothing_over_or_fails()
    {
        Dim tokens = Tokens;
        Assert.True((8 * tokens + 16).TryDivide(8, out var quotient));
        Assert.Equal(tokens + 2, quotient);
        Assert.False((8 * tokens + 4).TryDivide(8, out _));
        Assert.False((8 * tokens + 4).TryDivide(Tokens, out _));
        Assert.False(tokens.TryDivide(Heads, out _));
        Assert.False(tokens.TryDivide(0, out _));
        Assert.False(((Dim)64).TryDivide(tokens + 1, out _));
        Assert.True(((Dim)0).TryDivide(Tokens, out quotient));
        Assert.Equal(0, quotient);
    }

    [Fact]
    public void Sizes_are_written_the_same_however_they_were_computed()
    {
        Dim tokens = Tokens;
        Assert.Equal("0", default(Dim).ToString());
        Assert.Equal("12", ((Dim)12).ToString());
        Assert.Equal("tokens", tokens.ToString());
        Assert.Equal("2*heads*tokens+4*tokens-3", (2 * tokens * Heads - 3 + 4 * tokens).ToString());
        Assert.Equal("-tokens+1", (1 - tokens).ToString());
    }

    [Fact]
    public void Symbols_of_one_name_and_different_bounds_stay_apart()
    {
        var few = new Symbol("tokens", Max: 8);
        Assert.NotEqual<Dim>(few, Tokens);
        Assert.NotEqual((Dim)few + Tokens, 2 * (Dim)Tokens);
        Assert.Equal((Dim)few + Tokens, (Dim)Tokens + few);
        Assert.Equal(0, (Dim)few + Tokens - few - Tokens);
        Assert.Equal((Dim)new Symbol("tokens"), Tokens);
        Assert.NotEqual((Dim)new Symbol("heads*tokens"), (Dim)Heads * Tokens);
    }

    [Fact]
    public void A_symbol_alone_is_told_from_an_expression()
    {
        Dim tokens = Tokens;
        Assert.Equal(Tokens, tokens.AsSymbol);
        Assert.Null((2 * tokens).AsSymbol);
        Assert.Null((tokens + 1).AsSymbol);
        Assert.Null(((Dim)3).AsSymbol);
        Assert.Equal(
            [Heads, Tokens],
            (tokens * Heads + tokens).Symbols.Order(Comparer<Symbol>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))));
    }

    [Fact]
    public void What_does_not_fit_63_bits_is_an_error_and_never_wraps()
    {
        Dim large = long.MaxValue;
        Assert.Throws<OverflowException>(() => large + 1);
        Assert.Throws<OverflowException>(() => large * 2);
        Assert.Throws<OverflowException>(() => (Dim)long.MinValue - 1);
        Assert.Throws<OverflowException>(() => (0 - (Dim)long.MinValue));
        Assert.Throws<OverflowException>(() => (large * Tokens).Evaluate(new Dictionary<Symbol, long> { [Tokens] = 2 }));
    }

    [Fact]
    public void Unknown_values_are_named()
    {
        var error = Assert.Throws<KeyNotFoundException>(() => ((Dim)Tokens * 2).Evaluate(new Dictionary<Symbol, long>()));
        Assert.Contains("'tokens'", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "2*tokens", Assert.Throws<InvalidOperationException>(() => ((Dim)Tokens * 2).Value).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_checks_its_bounds()
    {
        var symbol = new Symbol("tokens", 2, 8, 2);
        symbol.Check(2);
        symbol.Check(8);
        foreach (var wrong in new[] { 0, 5, 10, -2 })
        {
            Assert.Equal(
                $"'tokens' cannot be {wrong}: it takes 2 to 8 in steps of 2",
                Assert.Throws<ArgumentException>(() => symbol.Check(wrong)).Message);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new Symbol("tokens", MultipleOf: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Symbol("tokens", Min: -1));
    }

    [Fact]
    public void Shapes_with_symbols_broadcast_where_they_surely_agree()
    {
        Shape rows = [Tokens, 1], row = [64], table = [Tokens, 64];
        Assert.Equal(table, Shape.TryBroadcast(rows, row));
        Assert.Equal(table, Shape.TryBroadcast(row, table));
        Assert.Equal([Heads, Tokens, 64], Shape.TryBroadcast([Heads, 1, 1], table));
        Assert.Null(Shape.TryBroadcast([Tokens], [Heads]));
        Assert.Null(Shape.TryBroadcast([Tokens], [4]));
        Assert.Null(Shape.TryBroadcast([(Dim)Tokens + 1], [Tokens]));
        Assert.Equal([0], Shape.TryBroadcast([0], [1]));
        Assert.Equal([], Shape.TryBroadcast([], []));
    }
}
