using Ashlar.Training.Data;
using Ashlar.Training.Data.Documents;
using Ashlar.Training.Data.Packing;
using Ashlar.Training.Data.Tokens;

namespace Ashlar.Training.Tests.Data;

public sealed class SampleStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<DataSource> _opened = [];

    [Fact]
    public void Each_document_is_given_once_an_epoch_and_whole_though_rows_cut_it()
    {
        var source = Source("a", 40, firstToken: 100, isCut: true, heldOut: 0);
        var stream = new SampleStream([source], seed: 7);
        var batch = new PackedRows(rows: 3, length: 16);
        var seen = new Dictionary<(int, int), int>();
        while (stream.Epochs(0) < 1)
        {
            stream.Fill(batch, progress: 0);
            foreach (var (token, target) in Pairs(batch)) seen[(token, target)] = seen.GetValueOrDefault((token, target)) + 1;
        }

        // Of the document that the last row cut, or that followed it, pairs may be missing or come again.
        var expected = Enumerable.Range(0, 40).SelectMany(
            document => source.File.Read(document, 0, source.File.Length(document)).Tokens is var tokens
                ? tokens.Zip(tokens.Skip(1)) : []).ToArray();
        Assert.Equal(expected.Length, expected.Distinct().Count());
        Assert.InRange(expected.Count(pair => seen.GetValueOrDefault(pair) != 1), 0, 40);
        Assert.DoesNotContain(seen.Keys, pair => !expected.Contains(pair));
    }

    [Fact]
    public void Positions_begin_anew_with_each_segment_and_empty_places_do_not_count()
    {
        var stream = new SampleStream([Source("a", 30, 100, isCut: false, heldOut: 0)], seed: 1);
        var batch = new PackedRows(rows: 4, length: 32);
        for (var round = 0; round < 20; round++)
        {
            stream.Fill(batch, progress: 0);
            for (var place = 0; place < batch.Tokens.Length; place++)
            {
                var isFirst = place % 32 == 0 || batch.Segments[place] != batch.Segments[place - 1];
                var isEmpty = batch.Segments[place] == 0;
                Assert.Equal(isFirst || isEmpty ? 0 : batch.Positions[place - 1] + 1, batch.Positions[place]);
                Assert.Equal(isEmpty ? 0 : 1, batch.Weights[place]);
            }
        }
    }

    [Fact]
    public void A_stream_set_to_a_position_goes_on_to_the_sample()
    {
        var sources = new[]
        {
            Source("a", 20, 100, true, 0.2) with { Until = 0.5 }, Source("b", 11, 9000, true, 0) with { Weight = 0.5 },
        };
        var (stream, again) = (new SampleStream(sources, seed: 3), new SampleStream(sources, seed: 3));
        var (batch, other) = (new PackedRows(2, 13), new PackedRows(2, 13));
        for (var round = 0; round < 60; round++)
        {
            again.Position = stream.Position;
            stream.Fill(batch, round / 60.0);
            again.Fill(other, round / 60.0);
            Assert.Equal(batch.Tokens, other.Tokens);
            Assert.Equal(batch.Segments, other.Segments);
        }
    }

    [Fact]
    public void Sources_are_mixed_by_their_weights()
    {
        var sources = new[] { Source("a", 20, 100, true, 0), Source("b", 20, 9000, true, 0) with { Weight = 3 } };
        var stream = new SampleStream(sources, seed: 3);
        for (var batch = new PackedRows(8, 64); stream.Position.Drawn < 4000;) stream.Fill(batch, progress: 0);
        Assert.InRange(stream.Position.Taken[1] / (double)stream.Position.Drawn, 0.72, 0.78);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.99)]
    public void Sources_that_last_are_drawn_from_by_seed_weights_and_number_alone(double progress)
    {
        double[] weights = [0.1, 0.7, 0.2, 1.3];
        var stream = new SampleStream(
            [.. weights.Select((weight, i) => Source("s", 20, 100 + (1000 * i), true, 0) with { Weight = weight })], seed: 11);
        for (var batch = new PackedRows(4, 64); stream.Position.Drawn < 500;) stream.Fill(batch, progress);
        var taken = new long[weights.Length];
        for (var draw = 0L; draw < stream.Position.Drawn; draw++)
        {
            var (source, left) = (0, Hash.Uniform(Hash.Of(11, (ulong)draw)) * weights.Sum());
            while (source < 3 && (left -= weights[source]) >= 0) source++;
            taken[source]++;
        }

        Assert.Equal(taken, stream.Position.Taken);
    }

    [Fact]
    public void Only_sources_that_have_not_ended_are_drawn_from_by_their_weights()
    {
        var stream = new SampleStream(
        [
            Source("first", 20, 100, true, 0) with { Until = 0.2, Weight = 50 },
            Source("all", 20, 9000, true, 0),
            Source("half", 20, 20_000, true, 0) with { Until = 0.5, Weight = 3 },
        ], seed: 3);
        Assert.Equal([0.92, 0.02, 0.06], Shares(0), Near);
        Assert.Equal([0.92, 0.02, 0.06], Shares(0.199), Near);
        Assert.Equal([0, 0.25, 0.75], Shares(0.2), Near);
        Assert.Equal([0, 1, 0], Shares(0.5));
        Assert.Equal([0, 1, 0], Shares(1));

        double[] Shares(double progress)
        {
            var before = stream.Position;
            for (var batch = new PackedRows(8, 64); stream.Position.Drawn < before.Drawn + 2000;) stream.Fill(batch, progress);
            var (after, drawn) = (stream.Position.Taken, (double)(stream.Position.Drawn - before.Drawn));
            return [.. after.Zip(before.Taken, (now, then) => (now - then) / drawn)];
        }

        static bool Near(double a, double b) => Math.Abs(a - b) < 0.04 && (a == 0) == (b == 0);
    }

    [Fact]
    public void A_document_that_a_row_cut_is_finished_though_its_source_has_ended()
    {
        var first = Source("first", 1, 100, true, 0) with { Until = 0.5, Weight = 1e6 };
        var stream = new SampleStream([first, Source("all", 20, 9000, true, 0)], seed: 3);
        var (batch, given) = (new PackedRows(1, 3), new List<int>());
        do stream.Fill(batch, progress: 0);
        while (stream.Position is not { Source: 0, Offset: > 0 });
        var rest = first.File.Read(0, stream.Position.Offset, first.File.Length(0) - stream.Position.Offset).Tokens[..^1];
        while (given.Count < 60)
        {
            stream.Fill(batch, progress: 0.5);
            given.AddRange(batch.Tokens);
        }

        Assert.NotEmpty(rest);
        Assert.Equal(rest, given[..rest.Length]);
        Assert.All(given[rest.Length..], token => Assert.True(token >= 9000));
    }

    [Fact]
    public void Sources_that_all_end_before_the_run_are_refused_by_their_names()
    {
        var error = Assert.Throws<InvalidDataException>(() => new SampleStream(
            [Source("a", 5, 100, true, 0) with { Until = 0.9 }, Source("b", 5, 900, true, 0) with { Until = 0.5 }], seed: 3));
        Assert.Contains("'a', 'b'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HeldOutMethod.Hash)]
    [InlineData(HeldOutMethod.Last)]
    public void What_is_held_out_is_never_trained_on(HeldOutMethod method)
    {
        var source = Source("a", 200, 100, true, 0) with { HeldOut = new HeldOut(0.25, method) };
        var held = source.HeldOutDocuments().ToHashSet();
        Assert.InRange(held.Count, 30, 70);
        if (method == HeldOutMethod.Last) Assert.Equal(Enumerable.Range(150, 50).Select(document => (long)document),
            held.Order());

        var trained = new HashSet<int>();
        var stream = new SampleStream([source], seed: 3);
        for (var batch = new PackedRows(2, 32); stream.Epochs(0) < 2;)
        {
            stream.Fill(batch, progress: 0);
            foreach (var (token, _) in Pairs(batch)) trained.Add(token);
        }

        var evaluated = HeldOutBatches.Of(source, new PackedRows(2, 32), long.MaxValue)
            .SelectMany(batch => Pairs(batch).Select(pair => pair.Item1).ToArray()).ToHashSet();
        Assert.Empty(trained.Intersect(evaluated));
        Assert.Equal(held.SelectMany(document => source.File.Read(document, 0,
            source.File.Length(document) - 1).Tokens).ToHashSet(),
            evaluated);
    }

    [Fact]
    public void A_source_without_anything_to_train_on_is_refused_and_so_is_a_sample_longer_than_a_row()
    {
        var all = Source("all", 5, 100, true, 0) with { HeldOut = new HeldOut(0.99, HeldOutMethod.Last) };
        Assert.Contains("'all'", Assert.Throws<InvalidDataException>(() => all.Check(16)).Message, StringComparison.Ordinal);
        var whole = Source("whole", 5, 100, isCut: false, heldOut: 0);
        Assert.Contains("'whole'", Assert.Throws<InvalidDataException>(() => whole.Check(2)).Message, StringComparison.Ordinal);
        whole.Check(32);
    }

    public void Dispose()
    {
        foreach (var source in _opened) source.Dispose();
        _folder.Dispose();
    }

    private static IEnumerable<(int, int)> Pairs(PackedRows batch) => Enumerable.Range(0, batch.Tokens.Length)
        .Where(place => batch.Weights[place] > 0).Select(place => (batch.Tokens[place], batch.Targets[place]));

    // Documents of 2 to 30 tokens, all tokens different.
    private DataSource Source(string name, int documents, int firstToken, bool isCut, double heldOut)
    {
        var (random, next) = (new Random(documents), firstToken);
        var path = _folder.Of($"{name}{_opened.Count}.tokens");
        TokenFileWriter.Write(path, 60_000, false, Enumerable.Range(0, documents).Select(
            _ => new Document([.. Enumerable.Range(0, random.Next(2, 31)).Select(_ => next++)])));
        var source = new DataSource(name, TokenFile.Open(path), 1, new HeldOut(heldOut), isCut);
        _opened.Add(source);
        return source;
    }
}
