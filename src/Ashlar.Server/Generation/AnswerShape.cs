using System.Text.Json;

namespace Ashlar.Server.Generation;

/// <summary>The parts in which the answers of the endpoints differ.</summary>
internal abstract class AnswerShape
{
    /// <summary>What the ids of answers begin with.</summary>
    public abstract string IdPrefix { get; }

    /// <summary>The kind of an answer given whole, its <c>object</c>.</summary>
    public abstract string WholeObject { get; }

    /// <summary>The kind of one event of an answer.</summary>
    public abstract string ChunkObject { get; }

    /// <summary>Whether a choice begins with an event of its own, before any text.</summary>
    public abstract bool HasOpening { get; }

    /// <summary>Writes the property that opens a choice.</summary>
    public abstract void WriteOpening(Utf8JsonWriter json);

    /// <summary>Writes the property that carries more of a choice's text.</summary>
    public abstract void WriteText(Utf8JsonWriter json, string text);

    /// <summary>Writes the property of a choice's last event, which has no text.</summary>
    public abstract void WriteEnd(Utf8JsonWriter json);

    /// <summary>Writes the property that carries all of a choice's text.</summary>
    public abstract void WriteWhole(Utf8JsonWriter json, string text);
}
