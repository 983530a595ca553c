namespace Ashlar.Models.Tokenizers;

/// <summary>The stages of a pre-tokenizer, in order, and whether the vocabulary behind them is byte-level.</summary>
internal sealed record PreTokenizerPlan(IReadOnlyList<PreTokenizer> Stages, bool IsByteLevel)
{
    /// <summary>The whole; null where there is nothing to do.</summary>
    public PreTokenizer? Build()
    {
        // The alphabet of bytes matters to stages that come behind it. Mostly none does: then bytes stay bytes.
        var stages = Stages.ToList();
        if (IsByteLevel)
        {
            while (stages.Count > 0 && stages[^1] is ByteLevelWriter) stages.RemoveAt(stages.Count - 1);
            if (stages.Any(stage => stage is ByteLevelWriter)) stages.Add(new ByteLevelRestorer());
        }

        return stages.Count switch
        {
            0 => null,
            1 => stages[0],
            _ => new PreTokenizerSequence(stages),
        };
    }
}
