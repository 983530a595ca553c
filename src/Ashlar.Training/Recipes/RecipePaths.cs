namespace Ashlar.Training.Recipes;

/// <summary>Paths in a recipe begin where the recipe lies.</summary>
/// <param name="Folder">The recipe's folder.</param>
internal sealed record RecipePaths(string Folder)
{
    public string Full(string path) => Path.GetFullPath(path, Folder);
}
