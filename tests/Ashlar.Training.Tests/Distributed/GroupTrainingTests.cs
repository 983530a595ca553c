using Ashlar.Tensors;
using Ashlar.Training.Distributed;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Training;

namespace Ashlar.Training.Tests.Distributed;

public sealed class GroupTrainingTests : IDisposable
{
    private const int Steps = 4;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Processes_give_the_bits_of_one_that_adds_up_as_many_batches(int count, bool isMuon)
    {
        var options = TinyRun.Options(Steps) with { Dropout = 0.1, Threads = 1, Average = 0.9 };
        if (isMuon) options = options with { Optimizer = parameters => new Muon(parameters, new WeightDecay(0.1), threads: 1) };
        using var alone = TinyRun.Trainer(_folder, options with { Accumulation = count }, hasEarly: true);
        var expected = Enumerable.Range(0, Steps).Select(_ => alone.Step().Loss).ToArray();

        Train(count, options, trainer =>
        {
            Assert.Equal(expected, Enumerable.Range(0, Steps).Select(_ => trainer.Step().Loss));
            Assert.Equal(Bytes(alone.Parameters.Values), Bytes(trainer.Parameters.Values));
            Assert.Equal(Bytes(alone.Average!.Values), Bytes(trainer.Average!.Values));
            Assert.Contains(trainer.Optimizer.States.Zip(alone.Optimizer.States),
                pair => !Bytes(pair.First.Value).SequenceEqual(Bytes(pair.Second.Value))); // each has a part of them
            trainer.CollectStates();
            foreach (var (own, whole) in trainer.Optimizer.States.Zip(alone.Optimizer.States))
            {
                Assert.Equal(Bytes(whole.Value), Bytes(own.Value));
            }
        });
    }

    [Fact]
    public void A_loss_that_is_no_number_on_one_rank_ends_all_with_its_step()
    {
        var (messages, ranks) = (new string[2], 0);
        Assert.Throws<AggregateException>(() => Train(2, TinyRun.Options() with { Threads = 1 }, trainer =>
        {
            trainer.Step();
            var rank = Interlocked.Increment(ref ranks) - 1;
            if (rank == 0) trainer.Parameters.Values.AsSpan<float>().Fill(float.NaN);
            try
            {
                trainer.Step();
            }
            catch (Exception error)
            {
                messages[rank] = error.Message;
                throw;
            }
        }));
        Assert.Contains("step 2: the loss is NaN", messages[0], StringComparison.Ordinal);
        Assert.Contains("step 2: the loss is NaN", messages[1], StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Train(int count, TrainingOptions options, Action<Trainer> act)
    {
        var port = Ranks.FreePort();
        TinyRun.Objective(_folder, options, hasEarly: true).Dispose(); // writes the data
        Ranks.OnThreads(count, rank =>
        {
            using var group = ProcessGroup.Join(new ProcessPlace(rank, count, "localhost", port), "");
            using var trainer = new Trainer(TinyRun.Model(), options, TinyRun.Objective(_folder, options, hasEarly: true), group);
            act(trainer);
            group.Wait();
        });
    }

    private static byte[] Bytes(TensorData data) => data.AsSpan<byte>().ToArray();
}
