using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>What is prepared by the calling thread before each run, once for all layers that need the same.</summary>
internal abstract record Preparation
{
    /// <summary>The batch's tokens cut into items of attention, and the parts that go before them.</summary>
    /// <param name="Positions">The position of each token.</param>
    /// <param name="Sequences">The sequence of each token.</param>
    /// <param name="Table">The block table.</param>
    /// <param name="Shape">What they compute.</param>
    public sealed record Items(Value Positions, Value Sequences, Value Table, ItemShape Shape) : Preparation;

    /// <summary>One of the lists that are made with items.</summary>
    /// <param name="Of">The items.</param>
    /// <param name="Kind">Which list.</param>
    public sealed record ListOf(Items Of, ItemList Kind) : Preparation;

    /// <summary>Memory for the states that the parts of an attention write for its items.</summary>
    /// <param name="Of">The items.</param>
    /// <param name="BytesOfState">Bytes of a state of all heads.</param>
    /// <param name="Memory">Attentions whose states are in use at once have memories of different numbers.</param>
    public sealed record States(Items Of, long BytesOfState, int Memory) : Preparation;

    /// <summary>Cosines and sines of all positions that a run has.</summary>
    /// <param name="Frequencies">Radians per position of each pair, F32.</param>
    /// <param name="Magnitude">The factor on cosines and sines.</param>
    /// <param name="Positions">The position of each token.</param>
    public sealed record Angles(TensorData Frequencies, double Magnitude, Value Positions) : Preparation;
}

/// <summary>The lists that a batch's items are made with.</summary>
internal enum ItemList
{
    /// <summary>The items with results.</summary>
    Items,
    /// <summary>The parts that go before them.</summary>
    Parts,
    /// <summary>The numbers of their tokens.</summary>
    Tokens,
    /// <summary>Of each token the number of its first state.</summary>
    FirstStates,
}
