using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

/// <summary>
/// A server that is killed while it writes blocks to disk: what it left serves the next, or does no harm. The variable
/// <c>ASHLAR_KILLS</c> says how often, and <c>ASHLAR_SEED</c> repeats a run.
/// </summary>
public class KilledServerTests
{
    private const string Model = "synthetic:llama-tiny:q8_0";
    private const int PromptTokens = 480, MaxTokens = 12;

    private static readonly int Kills =
        int.Parse(Environment.GetEnvironmentVariable("ASHLAR_KILLS") ?? "10", CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_killed_while_it_writes_blocks_leaves_what_the_next_can_use()
    {
        var given = Environment.GetEnvironmentVariable("ASHLAR_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"ASHLAR_SEED={seed}");
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var blocks = Path.Combine(folder.Path, "blocks");
        var prompts = Enumerable.Range(0, 4).Select(_ => Tokens(random)).ToArray();
        string[] expected;
        using (var fresh = AshlarProcess.Start("serve", Model, "--port", "0", "--no-enable-prefix-caching"))
        using (var client = await Connect(fresh))
        {
            expected = await Task.WhenAll(prompts.Select(prompt => Ask(client, prompt)));
        }

        var found = 0;
        for (var kill = 0; kill <= Kills; kill++)
        {
            using var server = AshlarProcess.Start("serve", Model, "--port", "0", "--kv-disk", blocks);
            using var client = await Connect(server);
            Assert.Empty(Directory.Exists(blocks) ? Directory.GetFiles(blocks, "*.part") : []);
            for (var i = 0; i < prompts.Length; i++) Assert.Equal(expected[i], await Ask(client, prompts[i]));
            found += await FoundOnDisk(client);
            if (kill == Kills) break;

            // New prompts, whose blocks are written as each ends; and the end, somewhere among them.
            var asked = Enumerable.Range(0, 6).Select(_ => Tokens(random)).Select(prompt => Ask(client, prompt)).ToArray();
            var before = Directory.GetFiles(blocks).Length;
            while (Directory.GetFiles(blocks).Length == before && !asked.All(one => one.IsCompleted))
            {
                await Task.Delay(1, Cancelled);
            }

            if (random.Next(2) == 0) await Task.Delay(random.Next(60), Cancelled);
            server.Kill();
            foreach (var one in asked) await Record.ExceptionAsync(() => one);
            var parts = Directory.Exists(blocks) ? Directory.GetFiles(blocks, "*.part").Length : 0;
            Assert.InRange(parts, 0, 1);
            var files = Directory.GetFiles(blocks).Length;
            TestContext.Current.TestOutputHelper!.WriteLine($"{files} files, {parts} of them half written");
        }

        Assert.True(found > 0, $"seed {seed}: nothing was found on disk");
    }

    private static async Task<string> Ask(HttpClient client, int[] prompt)
    {
        var request = new { prompt, max_tokens = MaxTokens, temperature = 0, logprobs = 3, ignore_eos = true };
        using var response = await client.PostAsJsonAsync("v1/completions", request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, text);
        using var answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("choices").GetRawText();
    }

    private static async Task<int> FoundOnDisk(HttpClient client)
    {
        var told = await client.GetStringAsync(new Uri("api/ashlar/engine", UriKind.Relative), Cancelled);
        using var answer = JsonDocument.Parse(told);
        return Find(answer.RootElement) ?? throw new InvalidOperationException("the engine does not tell");

        static int? Find(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object when element.TryGetProperty("found_on_disk_tokens", out var tokens) => tokens.GetInt32(),
            JsonValueKind.Object => element.EnumerateObject().Select(static member => Find(member.Value)).Max(),
            JsonValueKind.Array => element.EnumerateArray().Select(Find).Max(),
            _ => null,
        };
    }

    private static int[] Tokens(Random random) => [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(1, 250))];

    private static async Task<HttpClient> Connect(AshlarProcess server)
    {
        var line = await server.ReadErrorLine();
        Assert.StartsWith("serving ", line, StringComparison.Ordinal);
        return new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]), Timeout = TimeSpan.FromMinutes(5) };
    }
}
