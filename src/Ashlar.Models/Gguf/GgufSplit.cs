using System.Globalization;
using System.Text.RegularExpressions;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Models split into files <c>NAME-00001-of-000NN.gguf</c>: the first has all metadata, every one has its number (from 0)
/// and the count of parts, and all together have the tensors.
/// </summary>
internal static partial class GgufSplit
{
    private const string Number = "split.no";
    private const string Count = "split.count";
    private const string TensorCount = "split.tensors.count";

    /// <summary>Opens the file and, if it is a part of a split model, all others, in order.</summary>
    public static GgufPart[] Open(string path)
    {
        var asked = GgufPart.Open(path);
        try
        {
            var count = asked.Metadata.GetInteger<ushort>(Count, 1);
            return count <= 1 ? [asked] : OpenAll(asked, count);
        }
        catch
        {
            asked.Dispose();
            throw;
        }
    }

    private static GgufPart[] OpenAll(GgufPart asked, int count)
    {
        var name = PartName().Match(asked.Path);
        if (!name.Success || int.Parse(name.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) != count)
        {
            throw new InvalidDataException(
                $"'{asked.Path}' is one of {count} parts of a model, but its name does not end in "
                + $"'-NNNNN-of-{count:d5}.gguf'; give the parts back their names");
        }

        var askedNumber = int.Parse(name.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) - 1;
        if (askedNumber < 0 || askedNumber >= count) throw Misnamed(asked);

        var parts = new List<GgufPart>(count);
        try
        {
            for (var number = 0; number < count; number++)
            {
                var path = $"{name.Groups["stem"].Value}-{number + 1:d5}-of-{count:d5}.gguf";
                parts.Add(number == askedNumber ? asked : OpenPart(path, asked.Path));
                Check(parts[number], number, count);
            }

            return [.. parts];
        }
        catch
        {
            foreach (var part in parts) part.Dispose();
            throw;
        }
    }

    /// <summary>The tensors of all parts, in order.</summary>
    public static OrderedDictionary<string, GgufTensor> Join(GgufPart[] parts)
    {
        var tensors = new OrderedDictionary<string, GgufTensor>(parts.Sum(part => part.Tensors.Length), StringComparer.Ordinal);
        foreach (var part in parts)
        {
            foreach (var tensor in part.Tensors)
            {
                if (!tensors.TryAdd(tensor.Name, tensor))
                {
                    throw new InvalidDataException(
                        $"'{part.Path}': tensor '{Printable.Name(tensor.Name)}' stands in an earlier part too; "
                        + "download all parts again, from one place");
                }
            }
        }

        var promised = parts.Length == 1 ? tensors.Count : parts[0].Metadata.GetInteger<long>(TensorCount, tensors.Count);
        if (promised != tensors.Count)
        {
            throw new InvalidDataException(
                $"'{parts[0].Path}': metadata key '{TensorCount}' promises {promised} tensors, but the {parts.Length} parts "
                + $"hold {tensors.Count}; download all parts again, from one place");
        }

        return tensors;
    }

    private static GgufPart OpenPart(string path, string asked)
    {
        return File.Exists(path)
            ? GgufPart.Open(path)
            : throw new FileNotFoundException(
                $"'{asked}' is one part of a model, of which '{path}' is missing; download it into the same folder", path);
    }

    private static void Check(GgufPart part, int number, int count)
    {
        if (part.Metadata.GetInteger<ushort>(Count) != count || part.Metadata.GetInteger<ushort>(Number) != number)
        {
            throw Misnamed(part);
        }
    }

    private static InvalidDataException Misnamed(GgufPart part) => new(
        $"'{part.Path}' says in its metadata that it is part {part.Metadata.GetInteger<ushort>(Number) + 1} of "
        + $"{part.Metadata.GetInteger<ushort>(Count)}, which its name denies; give the parts back their names");

    [GeneratedRegex(@"^(?<stem>.*)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\.gguf$", RegexOptions.Singleline)]
    private static partial Regex PartName();
}
