using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class ServeTests
{
    private static string Stories => Conformance.Path("stories260k", "stories260K.gguf");

    [Fact]
    public async Task The_same_seed_and_prompt_give_the_same_text_through_run_and_the_server()
    {
        const string prompt = "One day, Lily";
        var expected = await AshlarProcess.Run(
            "run", Stories, prompt, "-n", "40", "--seed", "42", "--temp", "0.8", "--top-p", "0.9");
        using var server = AshlarProcess.Start("serve", Stories, "--port", "0");
        using var client = await Connect(server);
        var request = new { model = "stories260K", prompt, max_tokens = 40, seed = 42, temperature = 0.8, top_p = 0.9 };
        using var response = await client.PostAsJsonAsync("v1/completions", request, TestContext.Current.CancellationToken);
        using var answer = await ReadJson(response);
        Assert.Equal(expected.Done().Text, answer.RootElement.GetProperty("choices")[0].GetProperty("text").GetString());

        server.Terminate();
        (await server.ReadToEnd()).Succeeded();
    }

    [Fact]
    public async Task Requests_need_the_key_and_an_interruption_ends_it_with_130()
    {
        using var folder = new TemporaryFolder();
        var template = folder.Write("t.jinja", "{{ bos_token }}{{ messages[-1].content }}");
        using var server = AshlarProcess.Start("serve", Stories, "--port", "0", "--api-key", "sesame", "--template", template);
        using var client = await Connect(server);
        var messages = new[] { new { role = "user", content = "One day" } };
        var request = new { model = "stories260K", messages, max_tokens = 5 };
        using var refused = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        client.DefaultRequestHeaders.Authorization = new("Bearer", "sesame");
        using var served = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        using var answer = await ReadJson(served);
        Assert.NotEqual(
            "", answer.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());

        server.Interrupt();
        var outcome = await server.ReadToEnd();
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Text));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line_that_names_it()
    {
        using var server = AshlarProcess.Start("serve", Stories, "--port", "0");
        using var client = await Connect(server);
        var port = client.BaseAddress!.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var outcome = await AshlarProcess.Run("serve", Stories, "--port", port);
        outcome.Failed(1, port);
    }

    [Theory]
    [InlineData("x", "--lora-modules", "nothing")]
    [InlineData("x", "--lora-modules", "{\"name\": \"a\"}")]
    [InlineData("no/such", "--lora-dir", "no/such")]
    [InlineData("0", "--max-lora-rank", "0")]
    public async Task Options_of_adapters_are_checked(string says, params string[] arguments)
    {
        var outcome = await AshlarProcess.Run(["serve", Stories, "--port", "0", .. arguments]);
        outcome.Failed(2, says == "x" ? arguments[1] : says);
    }

    [Fact]
    public async Task An_adapter_that_does_not_fit_its_model_is_one_line_that_names_it()
    {
        var outcome = await AshlarProcess.Run("serve", Stories, "--port", "0", "--lora-modules", $"a={Stories}");
        outcome.Failed(1, Stories);
        outcome = await AshlarProcess.Run("serve", Stories, "--port", "0", "--max-loras", "0", "--lora-modules", $"a={Stories}");
        outcome.Failed(2, "--max-loras");
    }

    [Theory]
    [InlineData("--max-loaded-memory", "8 apples")]
    [InlineData("--max-loaded-memory", "0")]
    [InlineData("--max-loaded-memory", "1MiB")]
    [InlineData("--idle-unload", "-1")]
    public async Task Options_of_loading_are_checked(string option, string value)
    {
        var outcome = await AshlarProcess.Run("serve", Stories, "--port", "0", option, value);
        outcome.Failed(2, value == "1MiB" ? "stories260K" : option);
    }

    [Fact]
    public async Task Models_are_loaded_when_requests_name_them_where_their_memory_is_bounded()
    {
        using var folder = new TemporaryFolder();
        var copy = folder.File("copy.gguf");
        File.Copy(Stories, copy);
        using var server = AshlarProcess.Start("serve", Stories, copy, "--port", "0", "-c", "256", "--max-loaded-memory", "90MiB");
        var line = await server.ReadErrorLine();
        Assert.StartsWith("serving stories260K, copy on http://127.0.0.1:", line, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]) };
        foreach (var model in (string[])["copy", "stories260K", "copy"])
        {
            var request = new { model, prompt = "One day", max_tokens = 3 };
            using var response = await client.PostAsJsonAsync("v1/completions", request, TestContext.Current.CancellationToken);
            using var answer = await ReadJson(response);
            Assert.Equal(model, answer.RootElement.GetProperty("model").GetString());
        }

        server.Terminate();
        (await server.ReadToEnd()).Succeeded();
    }

    // The first line of its standard error ends with its address.
    private static async Task<HttpClient> Connect(AshlarProcess server)
    {
        var line = await server.ReadErrorLine();
        Assert.StartsWith("serving stories260K on http://127.0.0.1:", line, StringComparison.Ordinal);
        return new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]) };
    }

    private static async Task<JsonDocument> ReadJson(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
