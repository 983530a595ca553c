namespace Ashlar.Training.Parameters;

/// <summary>What a parameter is for, as far as optimizers treat it differently.</summary>
public enum ParameterRole
{
    /// <summary>A matrix between hidden rows.</summary>
    Matrix,

    /// <summary>A table of vectors: of tokens or of positions.</summary>
    Embedding,

    /// <summary>The matrix that gives logits, where it is not the embedding.</summary>
    Output,

    /// <summary>The factors of a norm.</summary>
    Norm,

    /// <summary>What a layer adds.</summary>
    Bias,
}
