namespace Ashlar.Models.Tests.Tokenizers;

public class ConformanceTests
{
    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("deepseek-coder")]
    [InlineData("bert-bge")]
    public void Every_line_of_the_published_vectors_agrees(string name)
    {
        var tokenizer = TestVectors.Tokenizer(name);
        var cases = TestVectors.Cases(name);
        Assert.True(cases.Length > 40, $"only {cases.Length} cases were read");
        foreach (var (text, ids) in cases)
        {
            Assert.True(
                ids.SequenceEqual(tokenizer.Encode(text)),
                $"'{text}': {string.Join(' ', tokenizer.Encode(text))}, expected {string.Join(' ', ids)}");
        }
    }
}
