using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;
using Ashlar.Training.Schedules;

namespace Ashlar.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Rows of a batch.</summary>
    public int Rows { get; init; } = 8;

    /// <summary>Tokens of a row.</summary>
    public int Length { get; init; } = 256;

    /// <summary>Batches whose gradients make one step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The peak of the learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The learning rate over the steps, which are as many as it says.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>Makes the optimizer.</summary>
    public Func<ParameterSet, Optimizer> Optimizer { get; init; } = parameters => new AdamW(parameters, new WeightDecay(0.1));

    /// <summary>The longest that all gradients together may be before they are scaled down; 0 for any length.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>What the moving average of the weights keeps in a step; 0 for no average.</summary>
    public double Average { get; init; }

    /// <summary>The share of what layers add that is left out, 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The type of matrices in products: F32, or BF16 beside weights of F32.</summary>
    public DType Products { get; init; } = DType.F32;

    /// <summary>The low-rank matrices that are trained in place of the weights; null to train the weights.</summary>
    public LoraForm? Lora { get; init; }

    /// <summary>
    /// Whether layers are computed a second time for the gradient, from what goes into them, so that nothing within them is kept.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Decides what is dropped, and the first low-rank matrices.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many threads compute, 0 for as many as the process may use.</summary>
    public int Threads { get; init; }
}
