using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Data.Documents;

/// <summary>
/// Conversations as tokens, of which the answers are learnt. The chat template says what an answer is: what it writes behind the
/// prompt for the next message, up to the token that ends the turn. Prompts and answers become tokens apart, as they do when a
/// model is served.
/// </summary>
internal sealed class ConversationEncoder(Tokenizer tokenizer, ChatTemplate template)
{
    /// <summary>The tokens of messages, each an object with <c>role</c> and <c>content</c>.</summary>
    /// <param name="messages">The conversation; one message at least is the assistant's.</param>
    /// <param name="problem">What is wrong with it, where the result is null.</param>
    public Document? Encode(JsonElement messages, out string? problem)
    {
        problem = Check(messages);
        if (problem is not null) return null;
        try
        {
            return Encode(JsonArray.Create(messages)!, out problem);
        }
        catch (TemplateException error)
        {
            problem = $"the chat template refuses the conversation: {error.Message}";
            return null;
        }
    }

    private static string? Check(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array) return "the messages are no array";
        var hasAnswer = false;
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out var role)
                || role.ValueKind != JsonValueKind.String)
            {
                return "a message has no 'role' that is text";
            }

            hasAnswer |= role.ValueEquals("assistant");
            if (!message.TryGetProperty("content", out _)) return "a message has no 'content'";
        }

        return hasAnswer ? null : "no message has the role 'assistant'; there is nothing to learn";
    }

    private Document? Encode(JsonArray messages, out string? problem)
    {
        var whole = Render(messages, messages.Count, asksForNext: false);
        var (tokens, learnt, done) = (new List<int>(), new List<bool>(), 0);
        for (var i = 0; i < messages.Count; i++)
        {
            if ((string)messages[i]!["role"]! != "assistant") continue;
            var prompt = Render(messages, i, asksForNext: true);
            var answered = Render(messages, i + 1, asksForNext: false);
            if (prompt.Length < done || !answered.StartsWith(prompt, StringComparison.Ordinal)
                || !whole.StartsWith(answered, StringComparison.Ordinal))
            {
                problem = $"the chat template writes message {i + 1} otherwise once others follow, so that its answer cannot be "
                    + "told apart; make a conversation of each answer";
                return null;
            }

            Add(whole[done..prompt.Length], isAnswer: false);
            Add(answered[prompt.Length..], isAnswer: true);
            done = answered.Length;
        }

        problem = null;
        return new Document([.. tokens], [.. learnt]);

        void Add(string text, bool isAnswer)
        {
            var ids = tokenizer.Encode(text, parseSpecial: true);
            var end = Array.FindLastIndex(ids, tokenizer.IsEndOfGeneration);
            if (isAnswer && end < 0 && tokenizer.EosId is { } eos) (ids, end) = ([.. ids, eos], ids.Length);
            tokens.AddRange(ids);
            for (var i = 0; i < ids.Length; i++) learnt.Add(isAnswer && (end < 0 || i <= end));
        }
    }

    private string Render(JsonArray messages, int count, bool asksForNext) => template.Render(new JsonObject
    {
        ["messages"] = new JsonArray([.. messages.Take(count).Select(message => message!.DeepClone())]),
        ["add_generation_prompt"] = asksForNext,
        ["bos_token"] = Special(tokenizer.BosId),
        ["eos_token"] = Special(tokenizer.EosId),
    });

    private string Special(int? id) => id is { } token ? tokenizer.Decode([token]) : "";
}
