using System.CommandLine;
using Ashlar.Engine;

namespace Ashlar.Cli.Arguments;

/// <summary>The options that say how tokens are chosen; those that are not given are as the engine has them.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<float?> _temperature = NumberOption.Create<float>(
        ["--temp", "--temperature"], "from 0 to 2", x => x is >= 0 and <= 2,
        "Divides the logits; 0 always takes the likeliest token [default: 1]");

    private readonly Option<long?> _seed = NumberOption.Create<long>(
        ["--seed", "-s"], "of 64 bits", _ => true, "The same seed draws the same text [default: a new one]");

    private readonly Option<int?> _topK = NumberOption.Create<int>(
        ["--top-k"], "0 or more", x => x >= 0, "Keeps this many of the likeliest tokens; 0 keeps all [default: 0]");

    private readonly Option<float?> _topP = NumberOption.Create<float>(
        ["--top-p"], "above 0 and up to 1", x => x is > 0 and <= 1,
        "Keeps the likeliest tokens that reach this probability [default: 1]");

    private readonly Option<float?> _minP = NumberOption.Create<float>(
        ["--min-p"], "from 0 to 1", x => x is >= 0 and <= 1,
        "Keeps tokens at least this fraction as likely as the likeliest [default: 0]");

    private readonly Option<float?> _typicalP = NumberOption.Create<float>(
        ["--typical-p"], "above 0 and up to 1", x => x is > 0 and <= 1,
        "Keeps the most typical tokens that reach this probability [default: 1]");

    private readonly Option<float?> _repetition = NumberOption.Create<float>(
        ["--repeat-penalty"], "from 0.01 to 10", x => x is >= 0.01f and <= 10,
        "Divides the logits of tokens that occurred; 1 is off [default: 1]");

    private readonly Option<float?> _frequency = NumberOption.Create<float>(
        ["--frequency-penalty"], "from -2 to 2", x => x is >= -2 and <= 2,
        "Taken from a logit for each time the token was generated [default: 0]");

    private readonly Option<float?> _presence = NumberOption.Create<float>(
        ["--presence-penalty"], "from -2 to 2", x => x is >= -2 and <= 2,
        "Taken from a logit once the token was generated [default: 0]");

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_temperature, _seed, _topK, _topP, _minP, _typicalP, _repetition, _frequency, _presence];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>What was given.</summary>
    public SamplingOptions Read(ParseResult arguments)
    {
        var unset = SamplingOptions.Default;
        return unset with
        {
            Temperature = arguments.GetValue(_temperature) ?? unset.Temperature,
            Seed = arguments.GetValue(_seed),
            TopK = arguments.GetValue(_topK) ?? unset.TopK,
            TopP = arguments.GetValue(_topP) ?? unset.TopP,
            MinP = arguments.GetValue(_minP) ?? unset.MinP,
            TypicalP = arguments.GetValue(_typicalP) ?? unset.TypicalP,
            RepetitionPenalty = arguments.GetValue(_repetition) ?? unset.RepetitionPenalty,
            FrequencyPenalty = arguments.GetValue(_frequency) ?? unset.FrequencyPenalty,
            PresencePenalty = arguments.GetValue(_presence) ?? unset.PresencePenalty,
        };
    }
}
