using System.Globalization;
using System.Text.Json;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Json;

/// <summary>Reads numbers that must lie within a range. JSON's own may have any size and any number of digits.</summary>
internal static class JsonNumbers
{
    /// <summary>A whole number; 16.0 is one.</summary>
    public static long Integer(JsonElement value, string param, long least, long most)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        if (value.ValueKind != JsonValueKind.Number) throw FieldErrors.WrongType(param, value.Describe(), range);
        if (!value.TryGetInt64(out var number))
        {
            // Too large for 64 bits, or not written as a whole number.
            var approximate = value.GetDouble();
            var isExact = value.TryGetDecimal(out var exact);
            if (isExact ? exact > most : approximate > 0) throw OutOfRange(value, param, range, "integer_above_max_value");
            if (isExact ? exact < least : approximate < 0) throw OutOfRange(value, param, range, "integer_below_min_value");
            if (approximate != double.Truncate(approximate)) throw FieldErrors.WrongType(param, value.Quote(), range);
            number = (long)exact;
        }

        if (number > most) throw OutOfRange(value, param, range, "integer_above_max_value");
        return number >= least ? number : throw OutOfRange(value, param, range, "integer_below_min_value");
    }

    /// <summary>A number in single precision.</summary>
    public static float Number(JsonElement value, string param, float least, float most, bool isOpen = false)
    {
        var (from, to) = isOpen ? ("above", "and up to") : ("from", "to");
        var range = string.Create(CultureInfo.InvariantCulture, $"a number {from} {least} {to} {most}");
        if (value.ValueKind != JsonValueKind.Number) throw FieldErrors.WrongType(param, value.Describe(), range);
        var number = (float)value.GetDouble();
        if (number > most) throw OutOfRange(value, param, range, "decimal_above_max_value");
        return number > least || (number == least && !isOpen)
            ? number
            : throw OutOfRange(value, param, range, "decimal_below_min_value");
    }

    private static ApiException OutOfRange(JsonElement value, string param, string range, string code) =>
        FieldErrors.Wrong(param, code, $"'{param}' is {value.Quote()}; it must be {range}");
}
