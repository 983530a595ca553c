using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Ashlar.Models.Gguf;

/// <summary>
/// The keys and values of a GGUF file, in the order of the file. The getters convert between widths where the value
/// survives it; each throws <see cref="InvalidDataException"/> that names file and key where the key is missing (unless a
/// fallback is given) or the value is of another kind or does not fit. Valid after the file is disposed.
/// </summary>
public sealed class GgufMetadata : IEnumerable<KeyValuePair<string, GgufValue>>
{
    private readonly string _path;
    private readonly OrderedDictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, OrderedDictionary<string, GgufValue> values) => (_path, _values) = (path, values);

    /// <summary>How many keys there are.</summary>
    public int Count => _values.Count;

    /// <summary>The value of a key that must be there.</summary>
    public GgufValue this[string key] => _values.TryGetValue(key, out var value)
        ? value
        : throw new InvalidDataException(
            $"'{_path}': metadata key '{Printable.Name(key)}' is missing; convert the model again with a current converter");

    /// <summary>Whether the key is there.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>The value of a key that may be there.</summary>
    public bool TryGetValue(string key, [NotNullWhen(true)] out GgufValue? value) => _values.TryGetValue(key, out value);

    /// <summary>A string that must be there.</summary>
    public string GetString(string key) => String(key, this[key]);

    /// <summary>A string, or the fallback where the key is absent.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetString(string key, string? fallback) =>
        _values.TryGetValue(key, out var value) ? String(key, value) : fallback;

    /// <summary>An integer that must be there, of any stored width.</summary>
    public T GetInteger<T>(string key)
        where T : struct, IBinaryInteger<T> => Integer<T>(key, this[key]);

    /// <summary>An integer of any stored width, or the fallback where the key is absent.</summary>
    public T GetInteger<T>(string key, T fallback)
        where T : struct, IBinaryInteger<T> => _values.TryGetValue(key, out var value) ? Integer<T>(key, value) : fallback;

    /// <summary>A number that must be there; an integer will do.</summary>
    public double GetDouble(string key) => Float(key, this[key]);

    /// <summary>A number, or the fallback where the key is absent.</summary>
    public double GetDouble(string key, double fallback) =>
        _values.TryGetValue(key, out var value) ? Float(key, value) : fallback;

    /// <summary>A truth value that must be there.</summary>
    public bool GetBoolean(string key) => Boolean(key, this[key]);

    /// <summary>A truth value, or the fallback where the key is absent.</summary>
    public bool GetBoolean(string key, bool fallback) => _values.TryGetValue(key, out var value) ? Boolean(key, value) : fallback;

    /// <summary>An array of strings that must be there.</summary>
    public GgufStrings GetStrings(string key) =>
        this[key].TryGetStrings(out var values) ? values : throw Mismatch(key, "an array of strings");

    /// <summary>An array of integers that must be there, of any stored width; one integer counts as an array of one.</summary>
    public T[] GetIntegers<T>(string key)
        where T : struct, IBinaryInteger<T> =>
        this[key].TryGetIntegers<T>(out var values) ? values : throw Mismatch(key, $"integers that fit {typeof(T).Name}");

    /// <summary>
    /// A hyper-parameter of layers, which files give either once for all layers or as an array with one for each.
    /// </summary>
    /// <param name="key">The key, which must be there.</param>
    /// <param name="layers">How many layers there are: the length of the result.</param>
    public int[] GetInt32PerLayer(string key, int layers) => PerLayer(key, GetIntegers<int>(key), layers);

    /// <summary>An array of numbers that must be there, rounded to binary32; one number counts as an array of one.</summary>
    public float[] GetSingles(string key) => this[key].TryGetFloats(out var values) ? values : throw Mismatch(key, "numbers");

    /// <summary>An array of truth values that must be there; one counts as an array of one.</summary>
    public bool[] GetBooleans(string key) => this[key].TryGetBools(out var values) ? values : throw Mismatch(key, "truth values");

    /// <summary>As <see cref="GetInt32PerLayer"/>, for truth values.</summary>
    public bool[] GetBooleanPerLayer(string key, int layers) => PerLayer(key, GetBooleans(key), layers);

    /// <summary>All keys and values in the order of the file.</summary>
    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T[] PerLayer<T>(string key, T[] values, int layers)
    {
        if (this[key].Type != GgufValueType.Array)
        {
            var all = new T[layers];
            Array.Fill(all, values[0]);
            return all;
        }

        return values.Length == layers
            ? values
            : throw new InvalidDataException(
                $"'{_path}': metadata key '{Printable.Name(key)}' has {values.Length} elements where the model has {layers} "
                + "layers; "
                + "convert it again");
    }

    private string String(string key, GgufValue value)
    {
        if (!value.TryGetUtf8(out var utf8)) throw Mismatch(key, "a string");

        try
        {
            return GgufEncoding.StrictUtf8.GetString(utf8.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException(
                $"'{_path}': metadata key '{Printable.Name(key)}' is a string that is not valid UTF-8; convert the model again");
        }
    }

    private T Integer<T>(string key, GgufValue value)
        where T : struct, IBinaryInteger<T> =>
        value.TryGetInteger(out T integer) ? integer : throw Mismatch(key, $"an integer that fits {typeof(T).Name}");

    private double Float(string key, GgufValue value) =>
        value.TryGetFloat(out var number) ? number : throw Mismatch(key, "a number");

    private bool Boolean(string key, GgufValue value) =>
        value.TryGetBool(out var truth) ? truth : throw Mismatch(key, "a truth value");

    private InvalidDataException Mismatch(string key, string wanted)
    {
        var value = this[key];
        var type = value.Type == GgufValueType.Array ? $"Array of {value.ElementType}" : value.Type.ToString();
        return new InvalidDataException(
            $"'{_path}': metadata key '{Printable.Name(key)}' is {type} ({value}), where {wanted} is wanted; "
            + "convert the model again");
    }
}
