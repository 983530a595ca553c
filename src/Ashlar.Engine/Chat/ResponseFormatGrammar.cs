using Ashlar.Engine.Grammars;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>What <see cref="ChatOptions.ResponseFormat"/> asks of the output.</summary>
internal static class ResponseFormatGrammar
{
    /// <summary>The grammar; null for any text.</summary>
    /// <exception cref="NotSupportedException">The format is not known.</exception>
    public static GrammarSource? Of(ChatResponseFormat? format) => format switch
    {
        null or ChatResponseFormatText => null,
        ChatResponseFormatJson { Schema: { } schema } => new JsonSchemaGrammar(schema.GetRawText()),
        ChatResponseFormatJson => new JsonObjectGrammar(),
        _ => throw new NotSupportedException(
            $"this client does not know the {nameof(ChatOptions)}.{nameof(ChatOptions.ResponseFormat)} {format.GetType().Name}; "
            + "use text, JSON, or JSON of a schema"),
    };
}
