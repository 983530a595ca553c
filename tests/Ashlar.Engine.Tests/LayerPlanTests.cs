using System.Globalization;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors.Passes;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

/// <summary>
/// What one layer of each architecture is cut into, from one attention to the next: a line a level, and in it what runs at once.
/// A fusion that is lost shows as a line more.
/// </summary>
public class LayerPlanTests
{
    private const string Norm = "mul sum div add sqrt recip mul mul";
    private const string LayerNorm = "sum div sub mul sum div add sqrt recip mul mul add";

    [Fact]
    public void A_layer_of_llama() => IsCut(
        "synthetic:llama-tiny:q4_0",
        $"""
        attention
        to q8
        matmul
        add {Norm}
        matmul matmul
        neg exp add div mul
        matmul
        add {Norm}
        matmul matmul matmul
        rotary rotary store values
        store keys
        """);

    [Fact]
    public void A_layer_of_qwen3_norms_its_heads() => IsCut(
        "synthetic:qwen3-tiny:q4_0",
        $"""
        attention
        to q8
        matmul
        add {Norm}
        matmul matmul
        neg exp add div mul
        matmul
        add {Norm}
        matmul matmul matmul
        {Norm} | {Norm} store values
        rotary rotary
        store keys
        """);

    [Fact]
    public void A_layer_of_gemma3_norms_before_and_behind() => IsCut(
        "synthetic:gemma3-tiny:q4_0",
        $"""
        attention
        to q8
        matmul
        {Norm} add {Norm}
        matmul matmul
        mul mul mul add mul tanh add
        mul mul mul
        matmul
        {Norm} add {Norm}
        matmul matmul matmul
        {Norm} | {Norm} store values
        rotary rotary
        store keys
        """);

    [Fact]
    public void A_layer_of_gpt2_has_biases_and_one_product_for_queries_keys_and_values() => IsCut(
        "synthetic:gpt2-tiny:q4_0",
        $"""
        attention
        to q8
        matmul
        add add {LayerNorm}
        matmul
        add mul mul mul mul add mul tanh add mul
        matmul
        add add {LayerNorm}
        matmul
        add
        store keys store values
        """);

    [Fact]
    public void A_layer_of_experts_runs_all_that_were_chosen_at_once() => IsCut(
        Conformance.Path("architectures", "qwen3moe-moe.gguf"),
        $"""
        attention
        matmul
        mul add {Norm}
        matmul
        maximum sub exp sum div
        top
        gather gather gather gather columns order of experts
        grouped matmul grouped matmul sum div
        mul
        mul neg exp add div mul
        grouped matmul
        mul
        mul
        add add
        add {Norm}
        matmul matmul matmul
        mul add mul add mul add
        {Norm} | {Norm} store values
        rotary rotary
        store keys
        """);

    private static void IsCut(string name, string expected)
    {
        using var model = LanguageModel.Load(name);
        var text = model.BuildGraph(new Batch(16, Tensors.DType.F16)).ToPlanText(new Dictionary<string, long> { ["tokens"] = 8 });
        Assert.DoesNotContain("reference", text, StringComparison.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var levels = new SortedDictionary<int, List<string>>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("        ", StringComparison.Ordinal)) continue;
            var level = int.Parse(lines[i].AsSpan(0, 4), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            if (!levels.TryGetValue(level, out var kinds)) levels[level] = kinds = [];
            kinds.Add(KindOf(lines[i][6..], i + 1 < lines.Length ? lines[i + 1].Trim() : ""));
        }

        var all = levels.Values.Select(kinds => string.Join(' ', kinds.Order(StringComparer.Ordinal))).ToList();
        var first = all.IndexOf("attention");
        var layer = all[first..all.IndexOf("attention", first + 1)];
        Assert.Equal(expected.ReplaceLineEndings("\n").Replace(" |", "", StringComparison.Ordinal), string.Join('\n', layer));
    }

    // The operations of fused rows; of everything else its name.
    private static string KindOf(string region, string operations) => region.Split(' ') switch
    {
        ["rows", ..] => operations == "reshape" ? "to q8" : operations,
        ["store", var what, ..] => $"store {what}",
        ["grouped", ..] => "grouped matmul",
        ["order", ..] => "order of experts",
        ["gather", _, "of", ..] => "gather columns",
        var words => words[0],
    };
}
