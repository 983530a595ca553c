namespace Ashlar.Engine.Tests.Sampling;

public class SamplingOptionsTests
{
    public static TheoryData<SamplingOptions, string> OutOfRange => new()
    {
        { new() { Temperature = -0.1f }, "Temperature is -0.1; it must be from 0 to 2" },
        { new() { Temperature = 2.5f }, "Temperature is 2.5" },
        { new() { Temperature = float.NaN }, "Temperature is NaN" },
        { new() { TopP = 0 }, "TopP is 0; it must be above 0 and up to 1" },
        { new() { TopP = 1.5f }, "TopP is 1.5" },
        { new() { TopK = -2 }, "TopK is -2" },
        { new() { TopK = int.MinValue }, "TopK is -2147483648" },
        { new() { MinP = -1 }, "MinP is -1; it must be from 0 to 1" },
        { new() { MinP = float.NaN }, "MinP is NaN" },
        { new() { TypicalP = 0 }, "TypicalP is 0" },
        { new() { RepetitionPenalty = 0 }, "RepetitionPenalty is 0; it must be from 0.01 to 10" },
        { new() { RepetitionPenalty = float.PositiveInfinity }, "RepetitionPenalty is Infinity" },
        { new() { FrequencyPenalty = 2.1f }, "FrequencyPenalty is 2.1; it must be from -2 to 2" },
        { new() { PresencePenalty = -3 }, "PresencePenalty is -3" },
        { new() { LogitBias = new Dictionary<int, float> { [-1] = 0 } }, "LogitBias token is -1; it must be from 0 to 99" },
        { new() { LogitBias = new Dictionary<int, float> { [100] = 0 } }, "LogitBias token is 100" },
        { new() { LogitBias = new Dictionary<int, float> { [int.MaxValue] = 0 } }, "LogitBias token is 2147483647; it must be" },
        { new() { LogitBias = new Dictionary<int, float> { [99] = 101 } },
            "LogitBias of token 99 is 101; it must be from -100 to 100" },
        { new() { LogitBias = new Dictionary<int, float> { [9] = float.NaN } }, "LogitBias of token 9 is NaN" },
        { new() { AllowedTokens = [] }, "the count of AllowedTokens is 0; it must be 1 or more" },
        { new() { AllowedTokens = [5, 100] }, "AllowedTokens token is 100; it must be from 0 to 99" },
        { new() { ForbiddenSequences = [[]] }, "the length of a sequence of ForbiddenSequences is 0" },
        { new() { ForbiddenSequences = [[1, -1]] }, "ForbiddenSequences token is -1" },
    };

    [Theory, MemberData(nameof(OutOfRange))]
    public void A_field_out_of_range_is_named_with_its_value_and_range(SamplingOptions options, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<ArgumentException>(() => options.Validate(100)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_ends_of_the_ranges_are_taken()
    {
        SamplingOptions.Default.Validate(1);
        SamplingOptions.Greedy.Validate(1);
        new SamplingOptions
        {
            Temperature = 2,
            TopP = float.Epsilon,
            TopK = int.MaxValue,
            MinP = 1,
            TypicalP = float.Epsilon,
            RepetitionPenalty = 10,
            FrequencyPenalty = -2,
            PresencePenalty = 2,
            LogitBias = new Dictionary<int, float> { [0] = -100, [99] = 100 },
            Seed = long.MinValue,
        }.Validate(100);
    }
}
