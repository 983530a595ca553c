using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Data;

namespace Ashlar.Training.Objectives;

/// <summary>What training makes small, and on which samples: a source of batches with a loss over each.</summary>
internal abstract class Objective : IDisposable
{
    /// <summary>Rows of a batch.</summary>
    public abstract int Rows { get; }

    /// <summary>Tokens of a row.</summary>
    public abstract int Length { get; }

    /// <summary>Where the next batch begins in the data.</summary>
    public abstract DataPosition Position { get; set; }

    /// <summary>What the loss of the batch that was filled last is to be divided by.</summary>
    public abstract double Weight { get; }

    /// <summary>The inputs of the loss's graph, by key; filling a batch changes what is in them.</summary>
    public abstract IReadOnlyDictionary<string, TensorData> Inputs { get; }

    /// <summary>What tells the data apart from others, for whoever goes on from a checkpoint.</summary>
    public abstract string DataFacts { get; }

    /// <summary>The loss of a batch as one number, not yet divided by its weight.</summary>
    public abstract Tensor LossOf(TrainingGraph graph, TrainingBatch batch, long vocabulary);

    /// <summary>Fills the inputs with the next batch.</summary>
    /// <param name="progress">The share of the run's steps that are done before the batch's, 0 to below 1.</param>
    public abstract void Fill(double progress);

    /// <summary>Fills the inputs with what is held out, a batch for each item; names say of which source.</summary>
    public abstract IEnumerable<string> FillHeldOut(long mostTokens);

    /// <summary>Closes the data.</summary>
    public abstract void Dispose();
}
