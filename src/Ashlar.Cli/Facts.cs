using Ashlar.Cli.Streams;

namespace Ashlar.Cli;

/// <summary>Names and values for people, in two columns on standard output.</summary>
/// <param name="indent">What goes before each line.</param>
internal sealed class Facts(string indent = "")
{
    private readonly List<(string Name, string Value)> _facts = [];

    public void Add(string name, string value) => _facts.Add((name, value));

    public void Write()
    {
        var width = _facts.Max(fact => fact.Name.Length) + 2;
        foreach (var (name, value) in _facts) StandardOutput.Writer.WriteLine($"{indent}{name.PadRight(width)}{value}".TrimEnd());
    }
}
