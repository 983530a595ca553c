namespace Ashlar.Training.Data;

/// <summary>A source of training data, as a recipe describes it.</summary>
public sealed record DataDescription
{
    /// <summary>The files, read in this order as one.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What they hold.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>A name for reports; the first file's where none is given.</summary>
    public string? Name { get; init; }

    /// <summary>How often documents are drawn from it, beside the other sources' weights; above 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// The share of the run's steps, above 0 up to 1, after which no more documents are drawn from it; 1 for the whole run. One
    /// source at least lasts the whole run.
    /// </summary>
    public double Until { get; init; } = 1;

    /// <summary>The field that holds the text, or the messages of a conversation.</summary>
    public string? Field { get; init; }

    /// <summary>What stands between two documents of a text; null where the text is one.</summary>
    public string? Separator { get; init; }

    /// <summary>What evaluation keeps.</summary>
    public HeldOut HeldOut { get; init; } = new(0.01);
}
