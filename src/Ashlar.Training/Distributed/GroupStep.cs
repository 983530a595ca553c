using Ashlar.Tensors;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Distributed;

/// <summary>
/// What the processes of a group exchange in a step: gradients are added up over all, each parameter is moved by the one process
/// that has its optimizer's states (Rajbhandari et al., 2020), and comes from there to the others.
/// </summary>
internal sealed class GroupStep
{
    private readonly ProcessGroup _group;
    private readonly ParameterSet _parameters;
    private readonly Dictionary<Parameter, int> _owners = [];
    private readonly List<Task> _exchanges = [];

    /// <summary>Deals out the parameters, the largest first, to whoever has the least.</summary>
    public GroupStep(ProcessGroup group, ParameterSet parameters)
    {
        (_group, _parameters) = (group, parameters);
        var loads = new long[group.Count];
        foreach (var parameter in parameters.All.OrderByDescending(parameter => parameter.Elements))
        {
            var owner = Array.IndexOf(loads, loads.Min());
            loads[owner] += parameter.Elements;
            _owners.Add(parameter, owner);
        }
    }

    /// <summary>The number of this process.</summary>
    public int Rank => _group.Rank;

    /// <summary>How many processes there are.</summary>
    public int Count => _group.Count;

    /// <summary>Whether this process moves a parameter.</summary>
    public bool Owns(Parameter parameter) => _owners[parameter] == _group.Rank;

    /// <summary>Begins to add up a parameter's gradient, which must not be touched before <see cref="Wait"/> returns.</summary>
    public void AddUp(Parameter parameter) =>
        _exchanges.Add(_group.SumAsync(ParameterSet.Of(_parameters.Gradients, parameter)));

    /// <summary>Returns when all that was begun has ended.</summary>
    /// <exception cref="ProcessGroupException">A process has failed.</exception>
    public void Wait()
    {
        foreach (var exchange in _exchanges) exchange.GetAwaiter().GetResult();
        _exchanges.Clear();
    }

    /// <summary>Numbers of all processes, in the order of the ranks; every process gives as many.</summary>
    public float[] Collect(ReadOnlySpan<float> own)
    {
        // To zeros everywhere else, so that each sum is the one number.
        var all = TensorData.Zeros(DType.F32, (long)own.Length * Count);
        own.CopyTo(all.AsSpan<float>()[(own.Length * Rank)..]);
        _group.SumAsync(all).GetAwaiter().GetResult();
        return all.AsSpan<float>().ToArray();
    }

    /// <summary>Whether a number is the same on every process.</summary>
    public bool Agree(ulong number)
    {
        // Pieces of 16 bits, which F32 holds exactly.
        Span<float> own = [number & 0xFFFF, (number >> 16) & 0xFFFF, (number >> 32) & 0xFFFF, number >> 48];
        var all = Collect(own);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] != own[i % own.Length]) return false;
        }

        return true;
    }

    /// <summary>Gives every process all parameters as their owners have them.</summary>
    public void ShareValues() => Share(_parameters.Values);

    /// <summary>Gives every process all states of an optimizer, as checkpoints need them.</summary>
    public void ShareStates(Optimizer optimizer)
    {
        foreach (var (_, state) in optimizer.States) Share(state);
    }

    /// <summary>Tells the other processes that this one cannot go on.</summary>
    public void Abandon(string reason) => _group.Abandon(reason);

    private void Share(TensorData buffer)
    {
        foreach (var parameter in _parameters.All)
        {
            _exchanges.Add(_group.ShareAsync(ParameterSet.Of(buffer, parameter), _owners[parameter]));
        }

        Wait();
    }
}
