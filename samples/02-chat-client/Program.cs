using System.Text.Json.Serialization;
using Ashlar.Engine;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

// chat-client MODEL.gguf [TEMPLATE]: the template is for models that came without a chat template.
if (args is not [var path, ..]) return Usage();
var template = args.Length > 1 ? args[1] : null;

// One engine for the whole application; services ask for an IChatClient and know no more.
var services = new ServiceCollection().AddAshlar(path, chatOptions: new() { Template = template });
await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IChatClient>();

// Two conversations at once: the engine computes both in the same steps.
var greedy = new ChatOptions { Temperature = 0, MaxOutputTokens = 24 };
await Task.WhenAll(Converse("Lily", "One day Lily"), Converse("Tom", "One day Tom"));

// An answer that is JSON of a type's schema, whatever the model would rather say.
var answer = await client.GetResponseAsync(
    "Once upon a time there was a pet.",
    new() { Seed = 1, MaxOutputTokens = 100, ResponseFormat = ChatResponseFormat.ForJsonSchema<Pet>() });
Console.WriteLine(answer.Text);
return 0;

async Task Converse(string name, string message)
{
    var text = "";
    var pieces = 0;
    await foreach (var update in client.GetStreamingResponseAsync(message, greedy))
    {
        text += update.Text;
        pieces++;
    }

    Console.WriteLine($"{name}, in {(pieces > 1 ? "pieces" : "one piece")}: {text.ReplaceLineEndings(" ")}");
}

static int Usage()
{
    Console.Error.WriteLine("usage: chat-client MODEL.gguf [TEMPLATE]");
    return 2;
}

internal enum Kind
{
    Cat,
    Dog,
}

// No other properties: a schema allows them unless it says so.
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Pet(Kind Kind, bool IsOld);
