using Ashlar.Training.Data.Documents;

namespace Ashlar.Training.Data.Packing;

/// <summary>Lays documents into the rows of a batch, one row after another.</summary>
internal sealed class RowFiller(PackedRows batch)
{
    private int _row;
    private int _used; // places of the row
    private int _segment;

    /// <summary>Whether every row is full.</summary>
    public bool IsFull => _row == batch.Rows;

    /// <summary>Places that the row has left.</summary>
    public int Room => batch.Length - _used;

    /// <summary>Lays a piece of n + 1 tokens into n places: each predicts the one behind it.</summary>
    public void Add(Document piece)
    {
        var (tokens, learnt) = piece;
        _segment++;
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            var place = (_row * batch.Length) + _used++;
            batch.Tokens[place] = tokens[i];
            batch.Positions[place] = i;
            batch.Segments[place] = _segment;
            batch.Targets[place] = tokens[i + 1];
            batch.Weights[place] = learnt is null || learnt[i + 1] ? 1 : 0;
        }

        if (Room == 0) EndRow();
    }

    /// <summary>Leaves the rest of the row empty.</summary>
    public void EndRow() => (_row, _used, _segment) = (_row + 1, 0, 0);
}
