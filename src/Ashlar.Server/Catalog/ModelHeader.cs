using Ashlar.Models;

namespace Ashlar.Server.Catalog;

/// <summary>What can be told of a model without loading it.</summary>
/// <param name="Description">What is told of it beside its name.</param>
/// <param name="ContextLength">Tokens that prompt and output may have together.</param>
/// <param name="TemplateSource">The source of its chat template; null where it has none.</param>
/// <param name="Open">Opens its files, of which none but the header is read; to be disposed.</param>
internal sealed record ModelHeader(
    ModelDescription Description, int ContextLength, string? TemplateSource, Func<LanguageModel> Open);
