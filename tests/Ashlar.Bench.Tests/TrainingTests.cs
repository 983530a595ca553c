using Ashlar.Bench.Training;

namespace Ashlar.Bench.Tests;

public class TrainingTests
{
    [Fact]
    public void A_step_of_GPT_2_multiplies_and_adds_so_much()
    {
        const double weights = (12 * 768L * 768 * 12) + (50_257L * 768); // of 12 layers, and of the logits
        const double attention = 12 * 12 * 768 * 64;

        var operations = StepCase.OperationsOf(PeerShape.Named("gpt2-124m"), rows: 4, length: 64);

        Assert.Equal(256 * ((6 * weights) + attention), operations);
    }

    [Fact]
    public void A_Python_that_is_not_there_has_no_PyTorch() => Assert.Null(PyTorch.Find("/no/such/python"));

    [Fact]
    public void What_has_no_torch_to_import_has_no_PyTorch() => Assert.Null(PyTorch.Find("false"));
}
