using System.Globalization;

namespace Ashlar.Engine.Tests;

public class CultureTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    [Fact]
    public void Numbers_in_messages_are_written_alike_under_every_culture()
    {
        // Made by hand, so that it differs where the process knows the invariant culture alone.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "minus ";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.StartsWith("ContextLength is -1;", OptionError(new() { ContextLength = -1 }), StringComparison.Ordinal);
            Assert.StartsWith("Threads is -2;", OptionError(new() { Threads = -2 }), StringComparison.Ordinal);
            Assert.StartsWith("QueueCapacity is -3;", OptionError(new() { QueueCapacity = -3 }), StringComparison.Ordinal);
            Assert.StartsWith("PrefillChunk is -4;", OptionError(new() { PrefillChunk = -4 }), StringComparison.Ordinal);

            var request = new GenerationRequest { PromptTokens = new[] { 1 } };
            Assert.StartsWith(
                "PromptTokens[0] is -5;", Error(request with { PromptTokens = new[] { -5 } }), StringComparison.Ordinal);
            Assert.StartsWith("StopTokens[0] is -6;", Error(request with { StopTokens = [-6] }), StringComparison.Ordinal);
            Assert.StartsWith("MaxTokens is -7;", Error(request with { MaxTokens = -7 }), StringComparison.Ordinal);
            Assert.StartsWith("MinTokens is -8;", Error(request with { MinTokens = -8 }), StringComparison.Ordinal);
            Assert.StartsWith("TopK is -9;", Error(request with { Sampling = new() { TopK = -9 } }), StringComparison.Ordinal);
            Assert.StartsWith(
                "MinP is -0.5;", Error(request with { Sampling = new() { MinP = -0.5f } }), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private string OptionError(EngineOptions options) =>
        Assert.Throws<ArgumentException>(() => options.Validate(stories.Model.Configuration)).Message;

    private static string Error(GenerationRequest request) =>
        Assert.Throws<ArgumentException>(() => request.Validate(vocabulary: 100, contextLength: 10)).Message;
}
