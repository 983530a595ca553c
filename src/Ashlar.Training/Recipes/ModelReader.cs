using Ashlar.Models;
using Ashlar.Models.Training;

namespace Ashlar.Training.Recipes;

/// <summary>
/// Reads the sections of a recipe that say what is trained: <c>model</c>, <c>tokenizer</c>, <c>chat_template</c>.
/// </summary>
internal static class ModelReader
{
    private const int Most = 1 << 20;

    public static RecipeModel Read(RecipeSection recipe, RecipePaths paths)
    {
        var model = recipe.Section("model");
        if (!model.IsGiven) throw recipe.Wrong("model",
            "the section is missing; give the numbers of a new model, or 'from: FILE'");
        var (tokenizer, template) = (recipe.Text("tokenizer"), recipe.Text("chat_template"));
        var text = template is null ? null : ReadTemplate(recipe, paths.Full(template));
        if (model.Text("from") is { } from)
        {
            if (tokenizer is not null) throw recipe.Wrong("tokenizer", "a model from a file has its own; leave the key out");
            model.Close();
            return new RecipeModel(paths.Full(from), null, null, text);
        }

        var shape = Shape(model);
        return new RecipeModel(null, shape, paths.Full(recipe.RequiredText("tokenizer")), text);
    }

    private static Func<int, ModelShape> Shape(RecipeSection model)
    {
        var architecture = model.Choice("architecture", "llama",
            [.. ((string[])["gemma3", "gpt2", "llama", "mistral3", "qwen2", "qwen3", "qwen3moe"]).Select(name => (name, name))]);
        var (width, heads) = (model.Required("width", 2, Most), model.Required("heads", 1, Most));
        var experts = model.Section("experts");
        var vocabulary = model.Of("vocabulary", 0, 1, 1 << 24);
        if (!model.Has("head_size") && width % heads != 0)
        {
            throw model.Wrong("heads", $"{heads} is no divisor of the width {width}; change one of them, or give 'head_size'");
        }

        var shape = new ModelShape
        {
            Architecture = architecture,
            VocabularySize = vocabulary,
            ContextLength = model.Required("context", 1, 1 << 24),
            Width = width,
            Layers = model.Required("layers", 1, 1024),
            FeedForward = model.Of("feed_forward", ((8 * width / 3) + 31) / 32 * 32, 1, Most),
            Heads = heads,
            KeyHeads = model.Of("key_heads", heads, 1, heads),
            HeadSize = model.Of("head_size", width / heads, 1, 4096),
            RotaryBase = model.Of("rotary_base", 10_000.0, 1.0001, 1e12),
            NormEpsilon = model.Of("norm_epsilon", 1e-5, 1e-12, 1),
            Window = model.Of("window", 0, 0, 1 << 24),
            IsTied = model.Flag("tied", true),
            Experts = experts.IsGiven
                ? new ExpertConfiguration(
                    experts.Required("count", 2, 4096), experts.Required("used", 1, 4096), experts.Required("feed_forward", 1,
                        Most))
                : null,
        };
        experts.Close();
        model.Close();
        return size => vocabulary > 0 ? shape : shape with { VocabularySize = size };
    }

    private static string ReadTemplate(RecipeSection recipe, string path) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw recipe.Wrong("chat_template", $"there is no file '{path}'");
}
