using Ashlar.Models;
using Ashlar.Models.Adapters;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Models;
using Ashlar.Training.Parameters;
using Ashlar.Training.Tests.Data;
using Ashlar.Training.Tests.Training;

namespace Ashlar.Training.Tests.Models;

public sealed class AdapterTests : IDisposable
{
    private static readonly LoraForm Form = new(layer => layer.Contains("attn_q", StringComparison.Ordinal)
        || layer.Contains("ffn_down", StringComparison.Ordinal), 4, 8);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Only_the_low_rank_matrices_of_the_chosen_layers_are_trained_and_the_model_begins_as_it_was()
    {
        var options = TinyRun.Options() with { Lora = Form };
        using var adapted = TinyRun.Trainer(_folder, options);
        using var plain = TinyRun.Trainer(_folder, TinyRun.Options());
        Assert.Equal(
            ["attn_q.weight.lora_a", "attn_q.weight.lora_b", "ffn_down.weight.lora_a", "ffn_down.weight.lora_b"],
            adapted.Parameters.All.Where(parameter => parameter.Name.StartsWith("blk.1.", StringComparison.Ordinal))
                .Select(parameter => parameter.Name["blk.1.".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal(plain.Evaluate(128)[0].Loss, adapted.Evaluate(128)[0].Loss, 1e-6);
        var before = adapted.Evaluate(128)[0].Loss;
        for (var step = 0; step < 20; step++) adapted.Step();
        Assert.True(adapted.Evaluate(128)[0].Loss < before);
    }

    [Fact]
    public void The_written_adapter_is_read_with_what_was_trained_and_merging_gives_the_same_losses()
    {
        var model = TinyRun.Model();
        using var trainer = TinyRun.Trainer(_folder, TinyRun.Options() with { Lora = Form }, model);
        for (var step = 0; step < 8; step++) trainer.Step();
        var matrices = trainer.Parameters.All.ToDictionary(
            parameter => parameter.Name, parameter => ParameterSet.Of(trainer.Parameters.Values, parameter));

        var (basePath, path, merged) = (_folder.Of("base.gguf"), _folder.Of("adapter.gguf"), _folder.Of("merged.gguf"));
        TrainedModelFile.Write(basePath, model.Metadata!, model.Weights, DType.F32);
        AdapterFile.Write(path, "a", "llama", Form.Alpha, matrices);
        TrainedModelFile.Write(merged, model.Metadata!, LoraMerge.Of(model.Weights, matrices, Form), DType.F32);

        using (var loaded = LanguageModel.Load(basePath))
        {
            var adapter = LoraAdapter.Load(path, loaded);
            Assert.Equal(4, adapter.Rank);
            var layer = adapter.Layers["blk.0.attn_q"];
            Assert.Equal(matrices["blk.0.attn_q.weight.lora_a"].AsSpan<float>().ToArray(), layer.Down.ToArray());
            Assert.Equal(matrices["blk.0.attn_q.weight.lora_b"].AsSpan<float>().ToArray().Select(value => value * 2),
                layer.Up.ToArray());
        }

        using var mergedModel = LanguageModel.Load(merged);
        using var evaluated = TinyRun.Trainer(_folder, TinyRun.Options(), TrainedModel.From(mergedModel));
        Assert.Equal(trainer.Evaluate(128)[0].Loss, evaluated.Evaluate(128)[0].Loss, 1e-5);
    }

    [Fact]
    public void Layers_that_the_model_has_not_are_an_error() => Assert.Throws<ArgumentException>(
        () => TinyRun.Trainer(_folder, TinyRun.Options() with { Lora = Form with { Takes = _ => false } }));

    public void Dispose() => _folder.Dispose();
}
