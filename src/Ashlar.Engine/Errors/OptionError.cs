namespace Ashlar.Engine;

/// <summary>Errors of what a caller asks for.</summary>
internal static class OptionError
{
    /// <summary>An error whose message writes numbers alike under every culture: some have a minus sign of their own.</summary>
    public static ArgumentException Of(FormattableString message) => new(FormattableString.Invariant(message));
}
