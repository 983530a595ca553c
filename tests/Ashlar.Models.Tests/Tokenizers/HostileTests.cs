using System.Text;
using System.Text.Json;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Tokenizers;

public class HostileTests
{
    private const int Seed = 31337;
    private static readonly string[] Numbers = ["-1", "99999999999", "2147483647", "1e9", "65535", "12", "null", "true", "\"x\""];
    private const string Sample = "abc 1xy <s> tok Nrm ~ é abcabc";

    [Fact]
    public void Ten_thousand_mutations_of_a_tokenizer_json_each_work_or_are_refused()
    {
        var random = new Random(Seed);
        var good = Encoding.UTF8.GetBytes(SmallJson.Text);
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Mutate(good, random);
            var start = ThreadTime.Now;
            try
            {
                var tokenizer = HuggingFaceTokenizerReader.Read(JsonPlace.Parse("tokenizer.json", bytes), folder: null);
                tokenizer.Decode(tokenizer.Encode(Sample, addSpecial: true, parseSpecial: true));
            }
            catch (InvalidDataException error)
            {
                refused++;
                Assert.StartsWith("tokenizer.json: ", error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Seed}, mutation {i}: {error}\n{Encoding.UTF8.GetString(bytes)}");
            }

            var elapsed = ThreadTime.Now - start;
            Assert.True(elapsed < TimeSpan.FromSeconds(5), $"seed {Seed}, mutation {i} took {elapsed} of the processor");
        }

        Assert.InRange(refused, 2000, 9999);
    }

    [Fact]
    public void A_tokenizer_json_cut_short_anywhere_is_refused()
    {
        for (var length = 0; length < SmallJson.Text.Length; length += 7)
        {
            Assert.Throws<InvalidDataException>(() => TokenizerJson.Load(SmallJson.Text[..length]));
        }
    }

    [Theory]
    [InlineData("\"Ġ\":3", "\"Ġ\":0", "gives id 0 to 'a' and to 'Ġ'")]
    [InlineData("\"Ġ\":3", "\"Ġ\":3,\"Ġ\":3", "is there twice")]
    [InlineData("\"Ġ\":3", "\"Ġ\":-1", "$.model.vocab['Ġ'] is -1")]
    [InlineData("\"Ġ\":3", "\"Ġ\":2147483647", "$.model.vocab['Ġ'] is 2147483647")]
    [InlineData("\"Ġ\":3", "\"Ġ\":1999999", "has 9 tokens and an id of 1999999")]
    [InlineData("\"Ġ\":3", "\"Ġ\":3.5", "$.model.vocab['Ġ'] is 3.5")]
    [InlineData("\"Ġ\":3", "\"Ġ\":\"3\"", "is \"3\", where an integer")]
    [InlineData("\"id\":10,", "\"id\":9,", "gives id 9 to '<s>', and it belongs to 'tok'")]
    [InlineData("\"id\":10,", "\"id\":4294967296,", "$.added_tokens[1].id is 4294967296")]
    [InlineData("\"content\":\"<s>\",", "\"content\":\"\",", "without text")]
    [InlineData("\"ab c\"", "\"ab z\"", "$.model.merges[1] joins 'z'")]
    [InlineData("\"ab c\"", "\"ab x\"", "$.model.merges[1] makes 'abx'")]
    [InlineData("\"ab c\"", "\"abc\"", "$.model.merges[1] is no pair")]
    [InlineData("\"ab c\"", "[\"ab\"]", "$.model.merges[1] is no pair")]
    [InlineData("\"ab c\"", "17", "$.model.merges[1] is 17")]
    [InlineData("\"type\":\"NFC\"", "\"type\":\"Nmt\"", "$.normalizer.normalizers[0] asks for the normalizer 'Nmt'")]
    [InlineData("\"type\":\"Digits\"", "\"type\":\"UnicodeScripts\"", "asks for the pre-tokenizer 'UnicodeScripts'")]
    [InlineData("[xy]+", "[xy", "the regular expression '[xy'")]
    [InlineData("\"Isolated\"", "\"Sideways\"", "'Sideways'")]
    [InlineData("\"type\":\"TemplateProcessing\"", "\"type\":\"Other\"", "the post-processor 'Other'")]
    [InlineData("\"ids\":[10]", "\"ids\":[12]", "ids[0] is 12")]
    [InlineData("\"decoder\":{\"type\":\"ByteLevel\"}", "\"decoder\":{\"type\":\"CTC\"}", "the decoder 'CTC'")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"WordLevel\"", "behind a ByteLevel")]
    [InlineData("\"dropout\":null", "\"dropout\":0.1", "a dropout other than none")]
    [InlineData("\"end_of_word_suffix\":null", "\"end_of_word_suffix\":\"</w>\"", "a end_of_word_suffix")]
    [InlineData("\"unk_token\":null", "\"unk_token\":\"<unk>\"", "'<unk>', which the vocabulary lacks")]
    [InlineData("\"single_word\":false", "\"single_word\":1", "single_word is 1")]
    [InlineData("{\"type\":\"NFC\"}", "\"\\ud800\"", "an object is wanted")]
    [InlineData("\"content\":\"tok\"", "\"content\":\"\\ud800\"", "half of a surrogate pair")]
    [InlineData("\"x\":6", "\"\\ud800\":6", "half of a surrogate pair")]
    public void What_is_wrong_in_a_tokenizer_json_is_named(string old, string replacement, string named)
    {
        Assert.Contains(old, SmallJson.Text, StringComparison.Ordinal);
        var at = SmallJson.Text.IndexOf(old, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(
            () => TokenizerJson.Load(SmallJson.Text[..at] + replacement + SmallJson.Text[(at + old.Length)..]));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_or_invisible_name_is_shown_short_and_escaped()
    {
        var name = "\u202E\n" + new string('z', 10_000);
        var unknown = $"\"unk_token\":{JsonSerializer.Serialize(name)}";
        var json = SmallJson.Text.Replace("\"unk_token\":null", unknown, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => TokenizerJson.Load(json));
        Assert.Contains("is '\\u202e\\u000azzz", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 300);
    }

    [Theory]
    [InlineData("\"content\":\"-\"}", "\"content\":\"#\"}", "$.normalizer.normalizers[1].content has 1025 bytes")]
    [InlineData(
        "{\"type\":\"NFC\"}", "{\"type\":\"Prepend\",\"prepend\":\"#\"}",
        "$.normalizer.normalizers[0].prepend has 1025 bytes")]
    [InlineData(
        "\"decoder\":{\"type\":\"ByteLevel\"}",
        "\"decoder\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"#\"}",
        "$.decoder.content has 1025 bytes")]
    public void A_replacement_that_would_blow_text_up_is_refused(string old, string replacement, string named)
    {
        Assert.Contains(old, SmallJson.Text, StringComparison.Ordinal);
        var json = SmallJson.Text.Replace(old, replacement, StringComparison.Ordinal);
        TokenizerJson.Load(json.Replace("#", new string('z', 1024), StringComparison.Ordinal));
        var error = Assert.Throws<InvalidDataException>(
            () => TokenizerJson.Load(json.Replace("#", new string('z', 1025), StringComparison.Ordinal)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_precompiled_map_with_an_endless_replacement_is_refused()
    {
        byte[] map = [4, 0, 0, 0, 0, 0, 0, 0, .. new byte[3], .. Enumerable.Repeat((byte)'z', 1024)];
        _ = new PrecompiledNormalizer(map);
        var error = Assert.Throws<InvalidDataException>(() => new PrecompiledNormalizer([.. map, (byte)'z']));
        Assert.Contains("a replacement of 1025 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chat_template_larger_than_any_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        folder.Put("tokenizer.json", Encoding.UTF8.GetBytes(SmallJson.Text));
        using (var template = File.Create(folder.File("chat_template.jinja"))) template.SetLength(1L << 40);
        var error = Assert.Throws<InvalidDataException>(() => Tokenizer.FromHuggingFace(folder.FullName));
        Assert.StartsWith("chat_template.jinja: 1099511627776 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        const int Depth = 100_000;
        var nested = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", Depth))
            + string.Concat(Enumerable.Repeat("]}", Depth));
        var json = SmallJson.Text.Replace("\"normalizer\":", $"\"normalizer\":{nested},\"n\":", StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Load(json));
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Load(new string('[', 1_000_000)));
    }

    [Fact]
    public void A_folder_without_tokenizer_json_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<FileNotFoundException>(() => Tokenizer.FromHuggingFace(folder.FullName));
        Assert.Contains(folder.FullName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_that_contradict_themselves_are_refused_by_name()
    {
        Refuses("token_type", Values(1, 1));
        Refuses("scores", Values(1f));
        Refuses("scores", Enumerable.Repeat(float.NaN, 5).ToArray());
        Refuses("tokens", null);
        Refuses("tokens", Array.Empty<string>());
        Refuses("tokens", 5);
        Refuses("merges", null);
        Refuses("merges", Values("a z"));
        Refuses("merges", Values("ab"));
        Refuses("merges", Values(""));
        Refuses("merges", Values("a c"));
        Refuses("merges", Values(new string('a', 5000) + " b"));
        Refuses("bos_token_id", 5);
        Refuses("eos_token_id", 1L << 40);
        Refuses("eos_token_id", "2");
        Refuses("add_bos_token", "yes");
        Refuses("pre", 3);

        void Refuses(string key, object? value)
        {
            var error = Assert.Throws<InvalidDataException>(() => Tokenizer.FromGguf(SmallGguf((key, value))));
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Odd_metadata_that_mean_something_work()
    {
        Assert.Null(Tokenizer.FromGguf(SmallGguf(("bos_token_id", uint.MaxValue))).BosId);
        Assert.Equal([3], Tokenizer.FromGguf(SmallGguf(("token_type", Values(1, 77, -5, 1, 3)))).Encode("ab"));
        Assert.Equal(
            [0, 0],
            Tokenizer.FromGguf(SmallGguf(("tokens", Values("a", "a", "", "b", "ab")), ("token_type", null))).Encode("aa"));
    }

    [Fact]
    public void Every_kind_of_tokenizer_survives_any_vocabulary()
    {
        var random = new Random(Seed);
        foreach (var model in Values("gpt2", "llama", "t5", "bert"))
        {
            for (var i = 0; i < 300; i++)
            {
                var tokens = Enumerable.Range(0, random.Next(1, 12))
                    .Select(_ => RandomText.Samples(random.Next(), 1).First()).ToArray();
                var gguf = SmallGguf(
                    ("model", model), ("tokens", tokens), ("merges", Array.Empty<string>()),
                    ("token_type", tokens.Select(_ => random.Next(0, 8)).ToArray()),
                    ("scores", tokens.Select(_ => random.Next(4) == 0 ? float.NegativeInfinity : -random.NextSingle()).ToArray()),
                    ("unknown_token_id", random.Next(tokens.Length)), ("bos_token_id", null), ("eos_token_id", null));
                var tokenizer = Tokenizer.FromGguf(gguf);
                foreach (var text in RandomText.Samples(random.Next(), 3)) tokenizer.Decode(tokenizer.Encode(text, true, true));
            }
        }
    }

    private static T[] Values<T>(params T[] values) => values;

    private static GgufMetadata SmallGguf(params (string, object?)[] edits)
    {
        (string, object?)[] basis =
        [
            ("model", "gpt2"), ("pre", "gpt-2"), ("tokens", Values("a", "b", "c", "ab", "<s>")),
            ("token_type", Values(1, 1, 1, 1, 3)),
            ("merges", Values("a b")), ("bos_token_id", 4), ("eos_token_id", 4),
        ];
        return GgufEdits.Of([], [.. basis, .. edits]);
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at - 1));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 3:
                    bytes[at] = (byte)"{}[]\",:0123456789-e.tfn\\"[random.Next(24)];
                    break;
                case 4:
                    // Numbers are where limits live.
                    var digits = Enumerable.Range(0, bytes.Count).Where(i => char.IsAsciiDigit((char)bytes[i])).ToArray();
                    if (digits.Length == 0) break;
                    var digit = digits[random.Next(digits.Length)];
                    bytes.RemoveAt(digit);
                    bytes.InsertRange(digit, Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    if (bytes.Count == 0) bytes.Add((byte)'{');
                    break;
            }
        }

        return [.. bytes];
    }
}
