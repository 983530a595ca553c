namespace Ashlar.Models.Tokenizers;

/// <summary>One normalizer after another.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> stages) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        TextBuffer? from = null;
        for (var i = 0; i < stages.Count - 1; i++)
        {
            var to = new TextBuffer();
            stages[i].Apply(from is null ? text : from.Written, to);
            from = to;
        }

        if (stages.Count == 0) output.Write(text);
        else stages[^1].Apply(from is null ? text : from.Written, output);
    }
}
