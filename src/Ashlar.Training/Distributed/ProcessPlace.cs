using System.Globalization;

namespace Ashlar.Training.Distributed;

/// <summary>Which process of a group this one is, and where the first of them waits for the others.</summary>
/// <param name="Rank">The number of this process, from 0.</param>
/// <param name="Count">How many processes there are.</param>
/// <param name="Host">The name or address of the machine of rank 0.</param>
/// <param name="Port">The TCP port that rank 0 listens on, 1 to 65,535.</param>
public sealed record ProcessPlace(int Rank, int Count, string Host, int Port)
{
    /// <summary>The port where nobody names one.</summary>
    public const int DefaultPort = 29500;

    /// <summary>One process alone.</summary>
    public static ProcessPlace Alone { get; } = new(0, 1, "localhost", DefaultPort);

    /// <summary>
    /// What the environment says. The first of these families that has a rank decides: Ashlar's (<c>ASHLAR_NODE_RANK</c>,
    /// <c>ASHLAR_NUM_NODES</c>, <c>ASHLAR_NODE_IPS</c>, <c>ASHLAR_MASTER_PORT</c>), torchrun's (<c>RANK</c>, <c>WORLD_SIZE</c>,
    /// <c>MASTER_ADDR</c>, <c>MASTER_PORT</c>), SkyPilot's (<c>SKYPILOT_NODE_RANK</c>, <c>SKYPILOT_NUM_NODES</c>,
    /// <c>SKYPILOT_NODE_IPS</c>), Slurm's (<c>SLURM_PROCID</c>, <c>SLURM_NTASKS</c>, <c>SLURM_STEP_NODELIST</c>).
    /// </summary>
    /// <param name="variable">A variable's value by its name, or null.</param>
    /// <returns>The place; <see cref="Alone"/> where no family has a rank.</returns>
    /// <exception cref="InvalidDataException">A variable is missing beside others, or has no sense; the message names it.</exception>
    public static ProcessPlace FromEnvironment(Func<string, string?> variable)
    {
        foreach (var family in PlaceVariables.Families)
        {
            if (string.IsNullOrEmpty(variable(family.Rank))) continue;
            var count = Number(variable, family.Count, 1, int.MaxValue, beside: family.Rank);
            var rank = Number(variable, family.Rank, 0, count - 1, beside: family.Count);
            if (count == 1) return Alone;
            var port = string.IsNullOrEmpty(variable(family.Port))
                ? DefaultPort
                : Number(variable, family.Port, 1, 65535, beside: family.Rank);
            return new ProcessPlace(rank, count, family.HostOf(Text(variable, family.Hosts, family.Rank)), port);
        }

        return Alone;
    }

    private static int Number(Func<string, string?> variable, string name, int least, int most, string beside)
    {
        var text = Text(variable, name, beside);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new InvalidDataException($"{name} is '{text}'; it must be a whole number from {least} to {most}");
    }

    private static string Text(Func<string, string?> variable, string name, string beside) =>
        variable(name) is { Length: > 0 } text
            ? text
            : throw new InvalidDataException($"{beside} is set, but {name} is not; set both, or neither");
}
