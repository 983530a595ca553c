using Ashlar.Engine;
using Ashlar.Server.Catalog;

namespace Ashlar.Server.Generation;

/// <summary>A request that was read whole: what to run, and how the answer looks.</summary>
/// <param name="Model">What runs it.</param>
/// <param name="Choices">One request to the engine for each choice of the answer, 1 or more.</param>
/// <param name="Shape">The JSON of the answer.</param>
/// <param name="Stream">Whether it is streamed.</param>
internal sealed record GenerationJob(
    HostedModel Model, IReadOnlyList<PlannedChoice> Choices, AnswerShape Shape, StreamFields Stream);

/// <summary>One choice of an answer.</summary>
/// <param name="Request">What to ask the engine.</param>
/// <param name="Echo">Text that goes before the engine's.</param>
internal sealed record PlannedChoice(GenerationRequest Request, string Echo = "");
