using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Models.Training;
using Ashlar.Training.Models;
using Ashlar.Training.Parameters;
using Ashlar.Training.Recipes;

namespace Ashlar.Training.Runs;

/// <summary>The model of a run: where it comes from, and what is written of it in the end.</summary>
internal static class RunModel
{
    /// <summary>The model that training begins with.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="merges">Whether low-rank matrices are added to the weights in the end.</param>
    public static TrainedModel Open(Recipe recipe, bool merges)
    {
        if (recipe.Model is { ShapeOf: { } shapeOf, Tokenizer: { } path })
        {
            if (!File.Exists(path)) throw new FileNotFoundException($"there is no tokenizer '{path}'", path);
            using var file = GgufFile.Open(path);
            var size = Ashlar.Models.Tokenizers.Tokenizer.FromGguf(file.Metadata).VocabularySize;
            return TrainedModel.Create(recipe.Name, shapeOf(size), file.Metadata, recipe.Model.ChatTemplate, recipe.Seed);
        }

        using var model = LanguageModel.Load(recipe.Model.From!);
        if (model.Metadata is null && (recipe.Training.Lora is null || merges))
        {
            throw new NotSupportedException($"model '{recipe.Model.From}' has no GGUF metadata, and the trained model could not be "
                + "written; give a GGUF file, or train an adapter ('lora')");
        }

        return TrainedModel.From(model, recipe.Model.ChatTemplate);
    }

    /// <summary>Writes the adapter, or the model with what was trained; the weights' average where one was kept.</summary>
    public static void Write(Recipe recipe, bool merges, TrainedModel model, Trainer trainer)
    {
        var buffer = trainer.Average?.Values ?? trainer.Parameters.Values;
        var trained = trainer.Parameters.All.ToDictionary(
            parameter => parameter.Name, parameter => ParameterSet.Of(buffer, parameter));
        Directory.CreateDirectory(Path.GetDirectoryName(recipe.Output)!);
        if (recipe.Training.Lora is { } lora && !merges)
        {
            AdapterFile.Write(recipe.Output, recipe.Name, model.Configuration.Architecture, lora.Alpha, trained);
            return;
        }

        var weights = recipe.Training.Lora is { } merged
            ? LoraMerge.Of(model.Weights, trained, merged)
            : model.Weights.Select(weight => KeyValuePair.Create(weight.Key, trained.GetValueOrDefault(weight.Key)
                ?? weight.Value));
        TrainedModelFile.Write(recipe.Output, model.Metadata!, weights, recipe.OutputType);
    }
}
