using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ashlar.Tensors;

namespace Ashlar.Models.Safetensors;

/// <summary>Reads the JSON of a header in one pass, where it lies, and allows nothing that the format does not have.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="json">The header.</param>
/// <param name="offset">Where in the file the header begins.</param>
internal ref struct SafetensorsJson(string path, ReadOnlySpan<byte> json, long offset)
{
    // An object of tensors, each an object, with arrays in it.
    private Utf8JsonReader _json = new(json, new JsonReaderOptions { MaxDepth = 3 });
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly long[] _numbers = new long[SafetensorsLimits.Dimensions];
    private long _textBytes;
    private string? _name;

    public List<SafetensorsEntry> Entries { get; } = [];

    public OrderedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public void ReadHeader()
    {
        try
        {
            if (Next() != JsonTokenType.StartObject) Fail("is not an object");
            while (Next() != JsonTokenType.EndObject)
            {
                _name = null;
                _name = Text();
                if (!_names.Add(_name)) Fail("stands in the header twice");
                if (_name == "__metadata__") ReadMetadata();
                else Entries.Add(ReadTensor());
                if (Entries.Count > SafetensorsLimits.Tensors)
                {
                    Fail($"is one more than the {SafetensorsLimits.Tensors} tensors that are read");
                }
            }

            _name = null;
            if (_json.Read()) Fail("goes on after its end");
        }
        catch (JsonException error)
        {
            // The reader's own words end in a position by lines; ours is the byte.
            Fail($"is not valid JSON ({Printable.Name(error.Message.Split(" LineNumber")[0])})");
        }
        catch (InvalidOperationException)
        {
            Fail("holds a text that is not valid Unicode");
        }
    }

    private void ReadMetadata()
    {
        if (Next() != JsonTokenType.StartObject) Fail("is not an object of texts");
        while (Next() != JsonTokenType.EndObject)
        {
            var key = Text();
            if (Next() != JsonTokenType.String) Fail($"has '{Printable.Name(key)}', which is no text");
            if (!Metadata.TryAdd(key, Text())) Fail($"has '{Printable.Name(key)}' twice");
            if (Metadata.Count > SafetensorsLimits.MetadataEntries)
            {
                Fail($"has more than the {SafetensorsLimits.MetadataEntries} entries that are read");
            }
        }
    }

    private SafetensorsEntry ReadTensor()
    {
        DType? type = null;
        long[]? shape = null;
        long[]? range = null;
        if (Next() != JsonTokenType.StartObject) Fail("is not an object with 'dtype', 'shape' and 'data_offsets'");
        while (Next() != JsonTokenType.EndObject)
        {
            if (_json.ValueTextEquals("dtype"u8) && type is null) type = ReadType();
            else if (_json.ValueTextEquals("shape"u8) && shape is null) shape = ReadNumbers("shape");
            else if (_json.ValueTextEquals("data_offsets"u8) && range is null) range = ReadNumbers("data_offsets");
            else Fail($"has '{Printable.Name(Text())}', which is unknown or stands there twice");
        }

        if (type is null) Fail("has no 'dtype'");
        if (shape is null) Fail("has no 'shape'");
        if (range is null) Fail("has no 'data_offsets'");
        if (range.Length != 2 || range[0] > range[1])
        {
            Fail($"has the data_offsets [{string.Join(", ", range)}], where a begin and an end are wanted");
        }

        var entry = new SafetensorsEntry(_name!, type.Value, shape, range[0], range[1]);
        if (!entry.IsWhole())
        {
            Fail(
                $"of shape ({string.Join(", ", shape)}) and type {type} has {range[1] - range[0]} bytes, "
                + "which is not their size");
        }

        return entry;
    }

    private DType ReadType()
    {
        if (Next() != JsonTokenType.String) Fail("has a dtype that is no text");
        foreach (var (name, type) in SafetensorsTypes.Table)
        {
            if (_json.ValueTextEquals(name)) return type;
        }

        Fail($"has type {Printable.Name(Text())}, which this version does not read", "convert it to BF16, F16 or F32, or update");
        return default;
    }

    private long[] ReadNumbers(string what)
    {
        if (Next() != JsonTokenType.StartArray) Fail($"has a {what} that is no array");
        var count = 0;
        while (Next() != JsonTokenType.EndArray)
        {
            if (count == _numbers.Length) Fail($"has a {what} of more than {_numbers.Length} numbers");
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out _numbers[count]) || _numbers[count] < 0)
            {
                Fail($"has a {what} with something other than integers from 0 to 2^63 - 1");
            }

            count++;
        }

        return _numbers.AsSpan(0, count).ToArray();
    }

    private JsonTokenType Next()
    {
        if (!_json.Read()) Fail("ends too early");
        return _json.TokenType;
    }

    private string Text()
    {
        _textBytes += _json.ValueSpan.Length;
        if (_textBytes > SafetensorsLimits.TextBytes)
        {
            Fail($"brings the texts of the header past {SafetensorsLimits.TextBytes} bytes");
        }

        return _json.GetString()!;
    }

    [DoesNotReturn]
    private readonly void Fail(string problem, string mend = SafetensorsHeader.Mend)
    {
        var what = _name switch
        {
            null => "header",
            "__metadata__" => "header, '__metadata__'",
            _ => $"tensor '{Printable.Name(_name)}'",
        };
        SafetensorsHeader.Fail(path, $"{what} (byte {offset + _json.BytesConsumed})", problem, mend);
    }
}
