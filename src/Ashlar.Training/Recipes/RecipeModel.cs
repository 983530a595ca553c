using Ashlar.Models.Training;

namespace Ashlar.Training.Recipes;

/// <summary>The model of a recipe: a file to begin with, or the numbers of a new one.</summary>
/// <param name="From">The path of a model; null for a new one.</param>
/// <param name="ShapeOf">The numbers of a new model by the size of its tokenizer's vocabulary; null for one from a file.</param>
/// <param name="Tokenizer">The GGUF file whose tokenizer a new model takes; null for one from a file.</param>
/// <param name="ChatTemplate">The text of the chat template; null for the model's or tokenizer's own.</param>
public sealed record RecipeModel(string? From, Func<int, ModelShape>? ShapeOf, string? Tokenizer, string? ChatTemplate);
