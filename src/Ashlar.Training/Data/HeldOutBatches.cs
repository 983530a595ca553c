using Ashlar.Training.Data.Packing;

namespace Ashlar.Training.Data;

/// <summary>The documents that evaluation keeps of a source, packed in their order; the same ones each time.</summary>
internal static class HeldOutBatches
{
    /// <summary>Fills one batch after another until the documents or the tokens are used up.</summary>
    /// <param name="source">Whose documents.</param>
    /// <param name="batch">Filled anew for each item; the last one may have empty places.</param>
    /// <param name="mostTokens">How many tokens to predict at most, by whole batches.</param>
    public static IEnumerable<PackedRows> Of(DataSource source, PackedRows batch, long mostTokens)
    {
        var filler = Begin();
        var given = 0L;
        foreach (var document in source.HeldOutDocuments())
        {
            for (var offset = 0; source.File.Length(document) - offset >= 2;)
            {
                var left = source.File.Length(document) - offset;
                if (left - 1 > filler.Room && !source.IsCut) filler.EndRow();
                if (!filler.IsFull)
                {
                    var places = Math.Min(left - 1, filler.Room);
                    filler.Add(source.File.Read(document, offset, places + 1));
                    offset += places;
                }

                if (!filler.IsFull) continue;
                yield return batch;
                given += batch.Tokens.Length;
                if (given >= mostTokens) yield break;
                filler = Begin();
            }
        }

        if (batch.Segments[0] != 0) yield return batch;

        RowFiller Begin()
        {
            batch.Clear();
            return new RowFiller(batch);
        }
    }
}
