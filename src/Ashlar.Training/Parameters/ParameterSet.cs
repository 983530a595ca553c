using Ashlar.Tensors;

namespace Ashlar.Training.Parameters;

/// <summary>
/// The trained tensors of a model, F32, one behind the other in one buffer, their gradients in another of the same layout; so are
/// the buffers of optimizers. Each tensor begins at a multiple of <see cref="Alignment"/> elements, and what lies between two is
/// zero, so that loops over a buffer need no tails.
/// </summary>
public sealed unsafe class ParameterSet
{
    /// <summary>Elements whose multiples tensors begin at.</summary>
    public const int Alignment = 16;

    private const int PartElements = 1 << 15; // what a task computes: small enough for a core's cache with five buffers

    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly List<Parameter> _all = [];

    /// <summary>Lays out tensors in the order they are given; values and gradients are zero.</summary>
    /// <exception cref="ArgumentException">A name is given twice, a tensor has no elements, or there is no tensor.</exception>
    public ParameterSet(IEnumerable<KeyValuePair<string, long[]>> tensors)
    {
        List<ParameterPart> parts = [];
        foreach (var (name, sizes) in tensors)
        {
            var elements = sizes.Aggregate(1L, (product, size) => checked(product * size));
            if (elements < 1) throw new ArgumentException($"parameter '{name}' has no elements", nameof(tensors));
            var padded = (elements + Alignment - 1) / Alignment * Alignment;
            var parameter = new Parameter(name, sizes, Elements, elements, padded);
            if (!_byName.TryAdd(name, parameter))
            {
                throw new ArgumentException($"parameter '{name}' is given twice", nameof(tensors));
            }

            _all.Add(parameter);
            for (var done = 0L; done < padded; done += PartElements)
            {
                parts.Add(new(parameter, Elements + done, (int)Math.Min(PartElements, padded - done)));
            }

            Elements += padded;
        }

        if (_all.Count == 0) throw new ArgumentException("there is no parameter to train", nameof(tensors));
        Parts = [.. parts];
        Count = _all.Sum(parameter => parameter.Elements);
        (Values, Gradients) = (NewBuffer(), NewBuffer());
    }

    /// <summary>The parameters, in order.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>The elements of all parameters together, without what lies between them.</summary>
    public long Count { get; }

    /// <summary>The elements of a buffer.</summary>
    public long Elements { get; }

    /// <summary>The buffer of the parameters' values.</summary>
    public TensorData Values { get; }

    /// <summary>The buffer of the loss's derivatives by them.</summary>
    public TensorData Gradients { get; }

    /// <summary>The pieces that tasks compute, in order.</summary>
    internal ParameterPart[] Parts { get; }

    /// <summary>The parameter of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Parameter this[string name] =>
        _byName.TryGetValue(name, out var parameter) ? parameter : throw new KeyNotFoundException($"no parameter '{name}'");

    /// <summary>Whether there is a parameter of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Another buffer of zeros in the same layout.</summary>
    public TensorData NewBuffer() => TensorData.Zeros(DType.F32, Elements);

    /// <summary>The part of a buffer that belongs to a parameter, under its sizes.</summary>
    public static TensorData Of(TensorData buffer, Parameter parameter) =>
        buffer.Part(parameter.Start, [.. parameter.Sizes]);

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients(ForEach forEach) => forEach(Parts.Length, index =>
    {
        var part = Parts[index];
        new Span<float>((float*)Gradients.Pointer + part.Start, part.Length).Clear();
    });
}
