using System.Text.Json.Nodes;
using Ashlar.Bench.Kernels;
using Ashlar.Models;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Quality;

/// <summary>
/// <c>quality</c>: what each type of weights costs in exactness, here and in llama.cpp. The model is written anew in each type,
/// and everybody computes the same files on the same tokens; the distributions are compared with those of the F32 file by the
/// reference backend.
/// </summary>
internal static class QualityBenchmark
{
    /// <summary>Measures.</summary>
    /// <param name="path">A model, best in F32.</param>
    /// <param name="types">The names of the types; null for all that fit.</param>
    /// <param name="windows">How many pieces of text.</param>
    /// <param name="length">Tokens of a piece.</param>
    public static JsonObject Run(string path, IReadOnlyList<string>? types, int windows, int length)
    {
        var folder = Directory.CreateTempSubdirectory("ashlar-quality-");
        try
        {
            using var model = LanguageModel.Load(path);
            var (tokens, file) = (Path.Combine(folder.FullName, "tokens"), Path.Combine(folder.FullName, "model.gguf"));
            var text = SampledText.Sample(model, windows, Math.Min(length, model.Configuration.ContextLength));
            Implementation.WriteTokens(tokens, text);
            Implementation[] all = [Implementation.Ours, Implementation.Reference, .. Peers()];

            Console.WriteLine($"{model.Name}: {text.Length} texts of {text[0].Length} tokens, said by the model itself");
            Console.WriteLine($"{"",-10}{"perplexity",-33}{"divergence from F32, nats",-33}likeliest token as F32's");
            var names = string.Concat(all.Select(each => $"{each.Name,-11}"));
            Console.WriteLine($"{"type",-10}{names}{names}{names}");
            float[]? original = null;
            var rows = new JsonArray();
            foreach (var type in new[] { DType.F32 }.Concat(Types().Where(type => types?.Contains(type.ToString()) ?? true)))
            {
                if (!Requantizer.Fits(model, type)) continue;
                Requantizer.Write(model, type, file);
                original ??= Implementation.Reference.Logits(file, tokens);
                Agreement[] found = [.. all.Select(each => Agreement.Of(text, each.Logits(file, tokens), original))];
                Console.WriteLine($"{type,-10}{Cells(found, one => $"{one.Perplexity,-11:F4}")}"
                    + $"{Cells(found, one => $"{one.Divergence,-11:E2}")}{Cells(found, one => $"{one.SameToken,-11:P1}")}");
                rows.Add(Row(type, all, found));
            }

            return new JsonObject
            {
                ["model"] = model.Name,
                ["texts"] = text.Length,
                ["tokens"] = text[0].Length,
                ["rows"] = rows,
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<DType> Types() =>
        MatMulFormat.All(Processor.Best).Select(format => format.Type).Where(type => type != DType.F32);

    private static IEnumerable<Implementation> Peers()
    {
        if (Implementation.Peer() is { } peer) return [peer];
        Console.Error.WriteLine("llama.cpp is left out: run npm install in bench/peers/llama.cpp");
        return [];
    }

    private static string Cells(Agreement[] found, Func<Agreement, string> text) => string.Concat(found.Select(text));

    private static JsonObject Row(DType type, Implementation[] all, Agreement[] found)
    {
        var row = new JsonObject { ["type"] = type.ToString() };
        for (var i = 0; i < all.Length; i++)
        {
            row[all[i].Name] = new JsonObject
            {
                ["perplexity"] = Math.Round(found[i].Perplexity, 5),
                ["divergence"] = double.Parse($"{found[i].Divergence:E3}", System.Globalization.CultureInfo.InvariantCulture),
                ["same_token"] = Math.Round(found[i].SameToken, 4),
            };
        }

        return row;
    }
}
