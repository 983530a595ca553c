namespace Ashlar.Training.Distributed;

/// <summary>The environment variables by which one launcher tells its processes their places.</summary>
/// <param name="Rank">The number of the process.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Hosts">Where rank 0 is, alone or as the first of all.</param>
/// <param name="Port">The port of rank 0.</param>
internal sealed record PlaceVariables(string Rank, string Count, string Hosts, string Port)
{
    /// <summary>The launchers, the most particular one first: several may have started one another.</summary>
    public static IReadOnlyList<PlaceVariables> Families { get; } =
    [
        new("ASHLAR_NODE_RANK", "ASHLAR_NUM_NODES", "ASHLAR_NODE_IPS", "ASHLAR_MASTER_PORT"),
        new("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"),
        new("SKYPILOT_NODE_RANK", "SKYPILOT_NUM_NODES", "SKYPILOT_NODE_IPS", "ASHLAR_MASTER_PORT"),
        new("SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_NODELIST", "ASHLAR_MASTER_PORT"),
    ];

    /// <summary>
    /// The first host of a list that is divided by lines, spaces or commas; of Slurm's <c>node[03-07,9],other</c> it is
    /// <c>node03</c>.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no host in it; the message names the variable.</exception>
    public string HostOf(string list)
    {
        var first = list.AsSpan().Trim();
        var end = first.IndexOfAny([',', '\n', '\r', ' ', '[']);
        if (end < 0) return first.ToString();
        var host = first[..end].ToString();
        if (first[end] == '[')
        {
            var numbers = first[(end + 1)..];
            var length = numbers.IndexOfAny([',', '-', ']']);
            if (length <= 0) throw NoHost(list);
            host += numbers[..length].ToString();
            var close = numbers.IndexOf(']');
            var rest = numbers[(close + 1)..];
            var next = rest.IndexOfAny([',', '\n', ' ']);
            host += (next < 0 ? rest : rest[..next]).ToString();
        }

        return host.Length > 0 ? host : throw NoHost(list);
    }

    private InvalidDataException NoHost(string list) =>
        new($"{Hosts} is '{list}'; its first entry is no host's name or address");
}
