using Ashlar.Training.Data.Documents;
using Ashlar.Training.Data.Tokens;

namespace Ashlar.Training.Tests.Data;

public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(65_536, false)]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    [InlineData(65_537, true)]
    public void What_was_written_is_read(int vocabulary, bool hasMask)
    {
        var random = new Random(vocabulary);
        var documents = Enumerable.Range(0, 50).Select(_ => Make(random.Next(1, 40))).ToArray();
        var path = _folder.Of("a.tokens");
        TokenFileWriter.Write(path, vocabulary, hasMask, documents);
        using var file = TokenFile.Open(path);
        Assert.Equal(documents.Length, file.Documents);
        for (var i = 0; i < documents.Length; i++)
        {
            var read = file.Read(i, 0, file.Length(i));
            Assert.Equal(documents[i].Tokens, read.Tokens);
            Assert.Equal(documents[i].Learnt, read.Learnt);
        }

        Assert.Equal(documents[3].Tokens[1..], file.Read(3, 1, file.Length(3) - 1).Tokens);

        Document Make(int length) => new(
            [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))],
            hasMask ? [.. Enumerable.Range(0, length).Select(_ => random.Next(2) == 1)] : null);
    }

    [Fact]
    public void Every_damage_to_the_header_or_the_length_is_refused_by_name()
    {
        var path = _folder.Of("a.tokens");
        TokenFileWriter.Write(path, 1000, hasMask: true, [new([1, 2, 3], [true, false, true])]);
        var whole = File.ReadAllBytes(path);
        for (var place = 0; place < 64; place++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[place] ^= 0x10;
            Refused(damaged);
        }

        for (var length = 0; length < whole.Length; length++) Refused(whole[..length]);
        Refused([.. whole, 0]);

        void Refused(byte[] bytes) =>
            Assert.Contains("bad.tokens", Assert.Throws<InvalidDataException>(
                () => TokenFile.Open(_folder.Write("bad.tokens", bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_and_ends_that_cannot_be_are_refused_when_they_are_read()
    {
        var path = _folder.Of("a.tokens");
        TokenFileWriter.Write(path, 10, hasMask: false, [new([1, 2, 3]), new([4])]);
        var bytes = File.ReadAllBytes(path);
        bytes[64] = 10;
        using (var file = TokenFile.Open(_folder.Write("token.tokens", bytes)))
        {
            Assert.Throws<InvalidDataException>(() => file.Read(0, 0, 3));
            Assert.Equal([4], file.Read(1, 0, 1).Tokens);
        }

        (bytes[64], bytes[^16]) = (1, 77);
        using var ends = TokenFile.Open(_folder.Write("ends.tokens", bytes));
        Assert.Throws<InvalidDataException>(() => ends.Length(0));
        Assert.Throws<InvalidDataException>(() => ends.Length(1));
    }

    [Fact]
    public void Documents_without_a_token_are_an_error_and_leave_no_file()
    {
        Assert.Throws<InvalidDataException>(() => TokenFileWriter.Write(_folder.Of("a"), 10, false, [new([])]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
