using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Ollama;

/// <summary>
/// Reads <c>keep_alive</c>: how long the model stays when nobody uses it any more. Seconds, or a duration as Go writes it
/// (<c>1h30m</c>, <c>10s</c>, <c>500ms</c>); a negative one is for ever, 0 not at all.
/// </summary>
internal static class KeepAliveField
{
    private const string Name = "keep_alive", Expected = "a number of seconds, or a duration as '10m', '1h30m' or '-1'";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads the field, and lets it hold for a request's model, if that was loaded on demand.</summary>
    /// <returns>The time; null where the field is absent.</returns>
    public static TimeSpan? Apply(HttpContext context, RequestFields fields)
    {
        var time = Read(fields);
        if (ModelLease.Of(context) is { } lease) lease.KeepAlive = time;
        return time;
    }

    private static TimeSpan? Read(RequestFields fields)
    {
        switch (fields.Take(Name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.Number } number:
                return ToTime(number.GetDouble());
            case { ValueKind: JsonValueKind.String } text:
                return Seconds(text.GetString()!) is { } seconds
                    ? ToTime(seconds)
                    : throw FieldErrors.WrongValue(Name, text.Quote(), Expected);
            case { } value:
                throw FieldErrors.WrongType(Name, value.Describe(), Expected);
        }
    }

    private static TimeSpan ToTime(double seconds) => seconds < 0 || seconds > ServerOptions.LongestIdle.TotalSeconds
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromSeconds(seconds);

    private static double? Seconds(string text)
    {
        if (TryNumber(text, out var bare)) return bare;
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(isNegative ? 1 : 0);
        if (rest.IsEmpty) return null;
        double sum = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits < 1 || !TryNumber(rest[..digits], out var number)) return null;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits);
            var unit = rest[..(letters < 0 ? rest.Length : letters)];
            rest = rest[unit.Length..];
            double? seconds = null;
            foreach (var known in Units)
            {
                if (unit.SequenceEqual(known.Unit)) seconds = known.Seconds;
            }

            if (seconds is null) return null;
            sum += number * seconds.Value;
        }

        return isNegative ? -sum : sum;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);
}
