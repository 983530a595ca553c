using System.Globalization;

namespace Ashlar.Cli;

/// <summary>The clock that chat templates see: the system's, or the moment that <c>ASHLAR_NOW</c> fixes.</summary>
internal sealed class Clock : TimeProvider
{
    private const string Variable = "ASHLAR_NOW";

    private readonly DateTimeOffset _now;

    private Clock(DateTimeOffset now)
    {
        _now = now;
        // Templates write local time: it is to read as it was given.
        LocalTimeZone = TimeZoneInfo.CreateCustomTimeZone(Variable, now.Offset, Variable, Variable);
    }

    public override TimeZoneInfo LocalTimeZone { get; }

    /// <summary>The clock to use.</summary>
    /// <exception cref="UsageException">The variable holds no moment.</exception>
    public static TimeProvider FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => System,
        var text when DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var now) => new Clock(now),
        var text => throw new UsageException(
            $"{Variable} is '{text}'; it must be a moment as ISO 8601 has it, for instance 2026-11-20T12:00:00"),
    };

    public override DateTimeOffset GetUtcNow() => _now.ToUniversalTime();
}
