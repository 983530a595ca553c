using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Whether the answer tells what became of its time: llama.cpp's object <c>timings</c>, and what only this engine
/// knows.</summary>
/// <param name="AreWanted">In the end.</param>
/// <param name="PerToken">In every event of a stream, too.</param>
internal readonly record struct TimingFields(bool AreWanted, bool PerToken)
{
    /// <summary>Reads <c>timings</c>.</summary>
    public static TimingFields Read(RequestFields fields) => new(fields.Boolean("timings") ?? false, PerToken: false);

    /// <summary>Reads <c>timings</c> and <c>timings_per_token</c>, which has it tell them in the end as well.</summary>
    public static TimingFields ReadStreamed(RequestFields fields)
    {
        var perToken = fields.Boolean("timings_per_token") ?? false;
        return new((fields.Boolean("timings") ?? false) || perToken, perToken);
    }
}
