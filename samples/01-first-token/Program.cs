using Ashlar.Engine;
using Microsoft.Extensions.AI;

// first-token MODEL.gguf MESSAGE [TEMPLATE]: the template is for models that came without a chat template.
if (args is not [var path, var message, ..]) return Usage();
var template = args.Length > 2 ? args[2] : null;

using IChatClient client = AshlarChatClient.Load(path, new AshlarChatClientOptions { Template = template });
await foreach (var update in client.GetStreamingResponseAsync(message, new ChatOptions { Temperature = 0, MaxOutputTokens = 60 }))
    Console.Write(update.Text);

Console.WriteLine();
return 0;

static int Usage()
{
    Console.Error.WriteLine("usage: first-token MODEL.gguf MESSAGE [TEMPLATE]");
    return 2;
}
