using System.Text;
using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>The values of a shape that has few, as they are written.</summary>
internal static class FiniteValues
{
    /// <summary>The texts of the values; null where there are more than a limit, or any that is no scalar.</summary>
    public static List<byte[]>? Of(Shape shape, int limit, CompileBudget budget)
    {
        if (shape.Arrays.Count > 0 || shape.Objects.Count > 0) return null;
        List<byte[]> texts = [];
        if (shape.Null) texts.Add("null"u8.ToArray());
        if (shape.True) texts.Add("true"u8.ToArray());
        if (shape.False) texts.Add("false"u8.ToArray());
        if (!shape.Numbers.IsEmpty)
        {
            if (Enumerate(shape.Numbers.Texts(budget), limit) is not { } numbers) return null;
            texts.AddRange(numbers.Select(Encoding.ASCII.GetBytes));
        }

        if (!shape.Strings.IsEmpty)
        {
            if (shape.Strings.Lengths is not null) return null;
            if (Enumerate(shape.Strings.Values, limit) is not { } strings) return null;
            texts.AddRange(strings.Select(text => (byte[])[(byte)'"', .. JsonCharacters.Escape(text), (byte)'"']));
        }

        return texts.Count <= limit ? texts : null;
    }

    private static List<string>? Enumerate(Dfa? set, int limit) => set?.Enumerate(limit + 1);
}
