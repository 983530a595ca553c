using System.Globalization;

namespace Ashlar.Models.Templates.Library;

/// <summary>Dates by the codes of <c>strftime</c> in the C locale.</summary>
internal static class DateText
{
    public static string Format(DateTimeOffset now, string format, Budget budget)
    {
        var sink = new TextSink(budget);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                sink.Append(format[i]);
                continue;
            }

            // A flag before the code says how numbers are padded: '-' not at all, '_' with spaces, '0' with zeros.
            var flag = format[i + 1] is '-' or '_' or '0' && i + 2 < format.Length ? format[++i] : ' ';
            var code = format[++i];
            sink.Append(Expand(now, code) switch
            {
                null => flag == ' ' ? $"%{code}" : $"%{flag}{code}",
                var text when flag == '-' => text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
                var text when flag == '_' => text.TrimStart('0').PadLeft(text.Length),
                var text when flag == '0' => text.Replace(' ', '0'),
                var text => text,
            });
        }

        return sink.ToString();
    }

    private static string? Expand(DateTimeOffset now, char code) => code switch
    {
        'a' => Text(now, "ddd"),
        'A' => Text(now, "dddd"),
        'b' or 'h' => Text(now, "MMM"),
        'B' => Text(now, "MMMM"),
        'c' => Text(now, "ddd MMM ") + Spaced(now.Day) + Text(now, " HH:mm:ss yyyy"),
        'C' => Padded(now.Year / 100, 2),
        'd' => Padded(now.Day, 2),
        'D' or 'x' => Text(now, @"MM\/dd\/yy"),
        'e' => Spaced(now.Day),
        'f' => Text(now, "ffffff"),
        'F' => Text(now, "yyyy-MM-dd"),
        'g' => Padded(ISOWeek.GetYear(now.DateTime) % 100, 2),
        'G' => Padded(ISOWeek.GetYear(now.DateTime), 4),
        'H' => Padded(now.Hour, 2),
        'I' => Padded((now.Hour + 11) % 12 + 1, 2),
        'j' => Padded(now.DayOfYear, 3),
        'k' => Spaced(now.Hour),
        'l' => Spaced((now.Hour + 11) % 12 + 1),
        'm' => Padded(now.Month, 2),
        'M' => Padded(now.Minute, 2),
        'n' => "\n",
        'p' => now.Hour < 12 ? "AM" : "PM",
        'P' => now.Hour < 12 ? "am" : "pm",
        'r' => Text(now, "hh:mm:ss ") + (now.Hour < 12 ? "AM" : "PM"),
        'R' => Text(now, "HH:mm"),
        's' => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Padded(now.Second, 2),
        't' => "\t",
        'T' or 'X' => Text(now, "HH:mm:ss"),
        'u' => Padded(((int)now.DayOfWeek + 6) % 7 + 1, 1),
        'U' => Padded((now.DayOfYear + 6 - (int)now.DayOfWeek) / 7, 2),
        'V' => Padded(ISOWeek.GetWeekOfYear(now.DateTime), 2),
        'w' => Padded((int)now.DayOfWeek, 1),
        'W' => Padded((now.DayOfYear + 6 - ((int)now.DayOfWeek + 6) % 7) / 7, 2),
        'y' => Padded(now.Year % 100, 2),
        'Y' => now.Year.ToString(CultureInfo.InvariantCulture),

        // The reference formats a time without a zone, for which these are empty.
        'z' or 'Z' => "",
        '%' => "%",
        _ => null,
    };

    private static string Text(DateTimeOffset now, string format) => now.ToString(format, CultureInfo.InvariantCulture);

    private static string Padded(int number, int width) => number.ToString("D" + width, CultureInfo.InvariantCulture);

    private static string Spaced(int number) => number.ToString(CultureInfo.InvariantCulture).PadLeft(2);
}
