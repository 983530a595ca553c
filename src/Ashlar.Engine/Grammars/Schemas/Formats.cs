using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Patterns;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// The formats of strings as patterns. They allow what is plainly right and leave out rare forms (quoted local parts of
/// addresses, leap seconds), so that every value is valid for any reader.
/// </summary>
internal static class Formats
{
    private const string LeapDay = "(?:(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26]))|(?:[02468][048]|[13579][26])00)-02-29";
    private const string Date = $"(?:[0-9]{{4}}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
        + $"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|{LeapDay})";
    private const string Clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    private const string Time = $@"{Clock}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:Z|[+-]{Clock})";
    private const string DurationTime = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
    private const string DurationDate = "(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)";
    private const string Duration = $"P(?:{DurationDate}(?:{DurationTime})?|{DurationTime}|[0-9]+W)";
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string HostName = $@"{Label}(?:\.{Label})*";
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string Byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private const string Ipv4 = $@"{Byte}\.{Byte}\.{Byte}\.{Byte}";
    private const string H = "[0-9A-Fa-f]{1,4}";
    private const string Tail = $"(?:{H}:{H}|{Ipv4})";
    private const string Ipv6 = $"(?:(?:{H}:){{6}}{Tail}|::(?:{H}:){{5}}{Tail}|(?:{H})?::(?:{H}:){{4}}{Tail}"
        + $"|(?:(?:{H}:){{0,1}}{H})?::(?:{H}:){{3}}{Tail}"
        + $"|(?:(?:{H}:){{0,2}}{H})?::(?:{H}:){{2}}{Tail}|(?:(?:{H}:){{0,3}}{H})?::{H}:{Tail}|(?:(?:{H}:){{0,4}}{H})?::{Tail}"
        + $"|(?:(?:{H}:){{0,5}}{H})?::{H}|(?:(?:{H}:){{0,6}}{H})?::)";
    private const string Unreserved = @"A-Za-z0-9._~\-";
    private const string Encoded = "%[0-9A-Fa-f]{2}";
    private const string PathCharacter = $"(?:[{Unreserved}!$&'()*+,;=:@]|{Encoded})";
    private const string Authority = $@"(?:(?:[{Unreserved}!$&'()*+,;=:]|{Encoded})*@)?"
        + $@"(?:\[{Ipv6}\]|(?:[{Unreserved}!$&'()*+,;=]|{Encoded})*)(?::[0-9]*)?";
    private const string Query = $@"(?:\?(?:{PathCharacter}|[/?])*)?(?:#(?:{PathCharacter}|[/?])*)?";
    private const string Uri = $"[A-Za-z][A-Za-z0-9+.-]*:(?://{Authority}(?:/{PathCharacter}*)*"
        + $"|/(?:{PathCharacter}+(?:/{PathCharacter}*)*)?"
        + $"|{PathCharacter}+(?:/{PathCharacter}*)*|){Query}";
    private const string FirstSegment = $"(?:[{Unreserved}!$&'()*+,;=@]|{Encoded})+";
    private const string RelativeUri = $"(?://{Authority}(?:/{PathCharacter}*)*|/(?:{PathCharacter}+(?:/{PathCharacter}*)*)?"
        + $"|{FirstSegment}(?:/{PathCharacter}*)*|){Query}";
    private const string Pointer = "(?:/(?:[^/~]|~[01])*)*";

    private static readonly Dictionary<string, string?> Patterns = new(StringComparer.Ordinal)
    {
        ["date-time"] = $"{Date}T{Time}",
        ["date"] = Date,
        ["time"] = Time,
        ["duration"] = Duration,
        ["email"] = $@"{Atom}(?:\.{Atom})*@{HostName}",
        ["hostname"] = HostName,
        ["ipv4"] = Ipv4,
        ["ipv6"] = Ipv6,
        ["uri"] = Uri,
        ["uri-reference"] = $"(?:{Uri}|{RelativeUri})",
        ["uuid"] = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        ["json-pointer"] = Pointer,
        ["relative-json-pointer"] = $"(?:0|[1-9][0-9]*)(?:#|{Pointer})",
        ["byte"] = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
        // Of numbers, or hints that restrict nothing.
        ["int32"] = null,
        ["int64"] = null,
        ["float"] = null,
        ["double"] = null,
        ["binary"] = null,
        ["password"] = null,
    };

    private static readonly Dictionary<string, Dfa> Known = [];

    /// <summary>The formats that there are, for messages.</summary>
    public static string Names => string.Join(", ", Patterns.Keys);

    /// <summary>The strings of a format; null where it restricts none, or is not known.</summary>
    public static Dfa? Find(string name, CompileBudget budget, out bool known)
    {
        known = Patterns.TryGetValue(name, out var pattern);
        if (pattern is null) return null;
        lock (Known)
        {
            if (Known.TryGetValue(name, out var set)) return set;
            return Known[name] = PatternCompiler.Whole(pattern, budget.Place, budget);
        }
    }
}
