using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>The arguments of one call, evaluated: by position, and by name.</summary>
internal sealed record Arguments(IReadOnlyList<Value> Positional, IReadOnlyList<KeyValuePair<string, Value>> Named)
{
    public static readonly Arguments None = new([], []);

    public static Arguments Of(params Value[] positional) => new(positional, []);
}
