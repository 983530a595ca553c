using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Chat;

/// <summary>Makes the variables of a chat template from a request, and the prompt's text from them.</summary>
internal static class TemplateVariables
{
    private const string Kwargs = "chat_template_kwargs";

    /// <summary>Reads <c>messages</c>, <c>add_generation_prompt</c> and <c>chat_template_kwargs</c>.</summary>
    public static JsonObject Read(RequestFields fields, HostedModel model)
    {
        var variables = new JsonObject
        {
            ["messages"] = MessageFields.Read(fields),
            ["add_generation_prompt"] = fields.Boolean("add_generation_prompt") ?? true,
            ["bos_token"] = model.TextOf(model.Tokenizer.BosId),
            ["eos_token"] = model.TextOf(model.Tokenizer.EosId),
        };

        if (fields.Take(Kwargs, JsonValueKind.Object, "an object of variables for the chat template") is { } kwargs)
        {
            foreach (var property in kwargs.EnumerateObject())
            {
                if (variables.ContainsKey(property.Name))
                {
                    throw FieldErrors.WrongValue(
                        Kwargs, $"an object with the name '{property.Name}'", "one without: the server sets this variable");
                }

                variables.Add(property.Name, NodeOf(property.Value));
            }
        }

        return variables;
    }

    /// <summary>Renders the model's template.</summary>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public static string Render(HostedModel model, JsonObject variables, TimeProvider clock)
    {
        try
        {
            return model.Template.Render(variables, clock);
        }
        catch (TemplateException error)
        {
            var message = $"the chat template refuses these messages: {error.Message}";
            throw new ApiException(ApiError.Field("messages", "chat_template_error", message), error);
        }
    }

    private static JsonNode? NodeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}
