using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tests.Gguf;

public sealed class GgufMetadataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GgufMetadata _metadata;

    public GgufMetadataTests()
    {
        var writer = new GgufWriter();
        writer.Add("small", (byte)200);
        writer.Add("large", ulong.MaxValue);
        writer.Add("negative", -5L);
        writer.Add("float", 0.5f);
        writer.Add("double", 1e-5);
        writer.Add("yes", true);
        writer.Add("text", "née");
        writer.Add("broken", GgufValue.FromUtf8([0xff, 0xfe]));
        writer.Add("layers", GgufValue.FromArray<uint>([1, 2, 3]));
        writer.Add("floats", GgufValue.FromArray<double>([0.5, -1]));
        writer.Add("truths", GgufValue.FromArray<bool>([true, false]));
        writer.Add("tokens", GgufValue.FromUtf8Strings([new byte[] { 0xff }, "é"u8.ToArray(), Array.Empty<byte>()]));
        writer.Write(_folder.File("m.gguf"));
        using var file = GgufFile.Open(_folder.File("m.gguf"));
        _metadata = file.Metadata;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Integers_are_read_at_any_width_that_holds_them()
    {
        Assert.Equal(200, _metadata.GetInteger<int>("small"));
        Assert.Equal(200UL, _metadata.GetInteger<ulong>("small"));
        Assert.Equal(ulong.MaxValue, _metadata.GetInteger<ulong>("large"));
        Assert.Equal(-5, _metadata.GetInteger<sbyte>("negative"));
        Assert.Equal(7, _metadata.GetInteger<int>("absent", 7));
        Assert.Equal([1, 2, 3], _metadata.GetIntegers<int>("layers"));
        Assert.Equal([1L, 2, 3], _metadata.GetIntegers<long>("layers"));
        Assert.Equal([(byte)1, (byte)2, (byte)3], _metadata.GetIntegers<byte>("layers"));
    }

    [Fact]
    public void A_value_that_does_not_fit_or_is_of_another_kind_is_an_error_that_names_key_type_and_value()
    {
        AssertError(() => _metadata.GetInteger<int>("large"), "'large' is UInt64 (18446744073709551615)");
        AssertError(() => _metadata.GetInteger<uint>("negative"), "'negative' is Int64 (-5)");
        AssertError(() => _metadata.GetInteger<sbyte>("small"), "'small' is UInt8 (200)");
        AssertError(() => _metadata.GetInteger<int>("float"), "'float' is Float32 (0.5)");
        AssertError(() => _metadata.GetInteger<int>("yes", 1), "'yes' is Bool (true)");
        AssertError(() => _metadata.GetString("layers"), "'layers' is Array of UInt32 (UInt32[3] { 1, 2, 3 })");
        AssertError(() => _metadata.GetDouble("large"), "'large' is UInt64");
        AssertError(() => _metadata.GetBoolean("small"), "'small' is UInt8");
        AssertError(() => _metadata.GetStrings("text"), "'text' is String (\"née\")");
        AssertError(() => _metadata.GetIntegers<int>("tokens"), "'tokens' is Array of String");
        AssertError(() => _metadata.GetString("absent"), "'absent' is missing");
        AssertError(() => _metadata.GetString("broken"), "'broken' is a string that is not valid UTF-8");
    }

    [Fact]
    public void Numbers_are_read_from_floats_of_either_width_and_from_integers()
    {
        Assert.Equal(0.5, _metadata.GetDouble("float"));
        Assert.Equal(1e-5, _metadata.GetDouble("double"));
        Assert.Equal(200, _metadata.GetDouble("small"));
        Assert.Equal([0.5f, -1f], _metadata.GetSingles("floats"));
        Assert.Equal([1f, 2f, 3f], _metadata.GetSingles("layers"));
    }

    [Fact]
    public void A_hyper_parameter_may_be_one_for_all_layers_or_one_for_each()
    {
        Assert.Equal([1, 2, 3], _metadata.GetInt32PerLayer("layers", 3));
        Assert.Equal([200, 200], _metadata.GetInt32PerLayer("small", 2));
        Assert.Equal([true, false], _metadata.GetBooleanPerLayer("truths", 2));
        AssertError(() => _metadata.GetInt32PerLayer("layers", 4), "has 3 elements where the model has 4 layers");
    }

    [Fact]
    public void A_token_that_is_not_valid_UTF8_is_reachable_as_bytes()
    {
        var tokens = _metadata.GetStrings("tokens");

        Assert.Equal(3, tokens.Count);
        Assert.Equal([(byte)0xff], tokens.Utf8(0).ToArray());
        Assert.Equal(["\ufffd", "é", ""], tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Utf8(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Utf8(-1));
    }

    private static void AssertError(Func<object> read, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(read);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("m.gguf'", error.Message, StringComparison.Ordinal);
    }
}
