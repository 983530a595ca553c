using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests.Training;

/// <summary>The built-in model learns two hundred answers, of which it knows none.</summary>
public class BuiltInFinetuneTests
{
    private const int AtOnce = 20; // of each model

    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "house.jsonl");

    [Fact]
    public async Task It_learns_examples_as_an_adapter_that_requests_name_and_keeps_them_merged_and_quantized()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["finetune", BuiltInModel.Path, Data, "--rank", "16", "--rows", "4", "--length", "128",
            "--steps", "200", "--rate", "5e-3", "-o", folder.Path];
        (await AshlarProcess.Run(arguments)).Succeeded();
        (await AshlarProcess.Run([.. arguments, "--merge", "--type", "q8_0", "--resume"])).Succeeded();

        var adapter = new JsonObject
        {
            ["name"] = "house",
            ["path"] = folder.File("adapter.gguf"),
            ["base_model_name"] = "ashlar-tiny",
        };
        using var server = AshlarProcess.Start(
            ["serve", BuiltInModel.Path, folder.File("model.gguf"), "--port", "0", "--lora-modules", adapter.ToJsonString()]);
        var address = (await server.ReadErrorLine())!.Split(' ')[^1];
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var models = await client.GetFromJsonAsync<JsonElement>("v1/models", TestContext.Current.CancellationToken);
        var merged = models.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)
            .Single(name => name is not ("ashlar-tiny" or "house"));

        // Together: the adapter's requests run in the same steps as those of the model alone.
        var shares = await Task.WhenAll(((string[])["house", merged, "ashlar-tiny"]).Select(model => ShareOfRight(client, model)));
        Assert.InRange(shares[0], 0.95, 1);
        Assert.InRange(shares[1], 0.95, 1);
        Assert.InRange(shares[2], 0, 0.1);
    }

    private static async Task<double> ShareOfRight(HttpClient client, string model)
    {
        List<bool> right = [];
        foreach (var lines in File.ReadLines(Data).Chunk(AtOnce))
        {
            right.AddRange(await Task.WhenAll(lines.Select(line => IsRight(client, model, line))));
        }

        return right.Average(isRight => isRight ? 1.0 : 0.0);
    }

    private static async Task<bool> IsRight(HttpClient client, string model, string line)
    {
        var messages = JsonNode.Parse(line)!["messages"]!.AsArray();
        var request = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(messages[0]!.DeepClone()),
            ["temperature"] = 0,
            ["max_tokens"] = 16,
        };
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer!.ToJsonString());
        return (string?)answer["choices"]![0]!["message"]!["content"] == (string?)messages[1]!["content"];
    }
}
