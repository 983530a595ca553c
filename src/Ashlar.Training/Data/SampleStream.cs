using Ashlar.Training.Data.Packing;

namespace Ashlar.Training.Data;

/// <summary>
/// Batches without end: documents are drawn from the sources that are open by their weights, each source in a random order of
/// its own, anew for every epoch, and packed into rows. What comes next follows from seed, position and the run's progress alone.
/// </summary>
internal sealed class SampleStream
{
    private readonly IReadOnlyList<DataSource> _sources;
    private readonly ulong _seed;
    private readonly long[] _taken;
    private int[] _open = []; // sources, in their order
    private double _weights; // of those
    private long _drawn;
    private int _source = -1; // of the document that the last row cut
    private long _document;
    private int _offset;

    /// <summary>Begins at the beginning.</summary>
    /// <exception cref="InvalidDataException">No source lasts the whole run.</exception>
    public SampleStream(IReadOnlyList<DataSource> sources, ulong seed)
    {
        if (!sources.Any(source => source.IsOpenAt(1)))
        {
            var names = string.Join("', '", sources.Select(source => source.Name));
            throw new InvalidDataException(
                $"data '{names}': nothing is left to train on at the end of the run; let a source last to the end");
        }

        (_sources, _seed, _taken) = (sources, seed, new long[sources.Count]);
    }

    /// <summary>Where the next batch begins.</summary>
    /// <exception cref="ArgumentException">A position of other sources.</exception>
    public DataPosition Position
    {
        get => new(_drawn, [.. _taken], _source, _document, _offset);
        set
        {
            if (value.Taken.Count != _taken.Length || value.Source >= _taken.Length)
            {
                throw new ArgumentException(
                    $"the position is one of {value.Taken.Count} sources, where there are {_taken.Length}");
            }

            (_drawn, _source, _document, _offset) = (value.Drawn, value.Source, value.Document, value.Offset);
            for (var i = 0; i < _taken.Length; i++) _taken[i] = value.Taken[i];
        }
    }

    /// <summary>How often every document of a source has been drawn.</summary>
    public double Epochs(int source) => (double)_taken[source] / _sources[source].File.Documents;

    /// <summary>Fills a batch.</summary>
    /// <param name="batch">What is filled.</param>
    /// <param name="progress">The share of the run's steps that are done before the batch's; a source that ended by then gives
    /// the rest of a document that a row cut, and no other.</param>
    public void Fill(PackedRows batch, double progress)
    {
        _open = [.. Enumerable.Range(0, _sources.Count).Where(source => _sources[source].IsOpenAt(progress))];
        _weights = _open.Sum(source => _sources[source].Weight);
        batch.Clear();
        var filler = new RowFiller(batch);
        while (!filler.IsFull)
        {
            if (_source < 0) Draw();
            var source = _sources[_source];
            var left = source.File.Length(_document) - _offset; // one more than the places it takes
            if (left - 1 > filler.Room)
            {
                if (!source.IsCut)
                {
                    filler.EndRow();
                    continue;
                }

                var room = filler.Room;
                filler.Add(source.File.Read(_document, _offset, room + 1));
                _offset += room;
                continue;
            }

            filler.Add(source.File.Read(_document, _offset, left));
            _source = -1;
        }
    }

    private void Draw()
    {
        var left = Data.Hash.Uniform(Data.Hash.Of(_seed, (ulong)_drawn++)) * _weights;
        var chosen = 0;
        while (chosen < _open.Length - 1 && (left -= _sources[_open[chosen]].Weight) >= 0) chosen++;
        _source = _open[chosen];
        var (source, count) = (_sources[_source], _sources[_source].File.Documents);
        do
        {
            var (epoch, place) = Math.DivRem(_taken[_source]++, count);
            _document = new Permutation(count, Data.Hash.Of(_seed, ((ulong)_source << 32) + (ulong)epoch + 1)).At(place);
        }
        while (!source.IsTrainedOn(_document));
        _offset = 0;
    }
}
