using Ashlar.Training.Distributed;

namespace Ashlar.Training.Tests.Distributed;

public class ProcessPlaceTests
{
    [Fact]
    public void Without_variables_a_process_is_alone() => Assert.Equal(ProcessPlace.Alone, Of());

    [Theory]
    [InlineData("ASHLAR_NODE_RANK=1;ASHLAR_NUM_NODES=3;ASHLAR_NODE_IPS=10.0.0.1\n10.0.0.2\n10.0.0.3;ASHLAR_MASTER_PORT=7000", "10.0.0.1", 7000)]
    [InlineData("RANK=1;WORLD_SIZE=3;MASTER_ADDR=first.example;MASTER_PORT=1234", "first.example", 1234)]
    [InlineData("SKYPILOT_NODE_RANK=1;SKYPILOT_NUM_NODES=3;SKYPILOT_NODE_IPS=10.1.0.1\n10.1.0.2\n10.1.0.3", "10.1.0.1", 29500)]
    [InlineData("SLURM_PROCID=1;SLURM_NTASKS=3;SLURM_STEP_NODELIST=node[03-05,9]", "node03", 29500)]
    [InlineData("SLURM_PROCID=1;SLURM_NTASKS=3;SLURM_STEP_NODELIST=rack[2,4]-a,other", "rack2-a", 29500)]
    [InlineData("SLURM_PROCID=1;SLURM_NTASKS=3;SLURM_STEP_NODELIST=one,two,three", "one", 29500)]
    public void Each_launcher_is_understood(string variables, string host, int port) =>
        Assert.Equal(new ProcessPlace(1, 3, host, port), Of(variables.Split(';')));

    [Fact]
    public void The_most_particular_launcher_decides() =>
        Assert.Equal(
            new ProcessPlace(0, 2, "a", 29500),
            Of("RANK=0", "WORLD_SIZE=2", "MASTER_ADDR=a", "SLURM_PROCID=3", "SLURM_NTASKS=4", "SLURM_STEP_NODELIST=b"));

    [Theory]
    [InlineData("RANK=1", "WORLD_SIZE is not")]
    [InlineData("RANK=2;WORLD_SIZE=2;MASTER_ADDR=a", "RANK is '2'")]
    [InlineData("RANK=-1;WORLD_SIZE=2;MASTER_ADDR=a", "RANK is '-1'")]
    [InlineData("RANK=0;WORLD_SIZE=two;MASTER_ADDR=a", "WORLD_SIZE is 'two'")]
    [InlineData("RANK=0;WORLD_SIZE=2;MASTER_ADDR=a;MASTER_PORT=70000", "MASTER_PORT is '70000'")]
    [InlineData("SLURM_PROCID=0;SLURM_NTASKS=2;SLURM_STEP_NODELIST=[1-2]", "")]
    [InlineData("SLURM_PROCID=0;SLURM_NTASKS=2;SLURM_STEP_NODELIST=node[", "no host's name")]
    public void What_makes_no_sense_is_named(string variables, string part)
    {
        if (part.Length == 0)
        {
            Assert.Equal("1", Of(variables.Split(';')).Host); // hosts may be numbers
            return;
        }

        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Of(variables.Split(';'))).Message, StringComparison.Ordinal);
    }

    private static ProcessPlace Of(params string[] variables)
    {
        var values = variables.ToDictionary(text => text[..text.IndexOf('=', StringComparison.Ordinal)],
            text => text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return ProcessPlace.FromEnvironment(values.GetValueOrDefault);
    }
}
