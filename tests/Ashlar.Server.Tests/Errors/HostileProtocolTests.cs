using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Errors;

/// <summary>Requests made to do harm, by every protocol: each gets an error in that protocol's form, and hurts nobody else.</summary>
public class HostileProtocolTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Hello = "[{\"role\": \"user\", \"content\": \"Once\"}]";

    private static readonly (string Path, string Body)[] Good =
    [
        ("/v1/chat/completions", "{\"messages\": " + Hello + ", \"max_tokens\": 2, \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]}"),
        ("/v1/completions", "{\"prompt\": [\"a\", \"b\"], \"max_tokens\": 1, \"logprobs\": 1, \"n\": 2}"),
        ("/v1/responses", "{\"input\": " + Hello + ", \"max_output_tokens\": 2, \"metadata\": {\"a\": \"b\"}}"),
        ("/v1/messages", "{\"messages\": " + Hello + ", \"max_tokens\": 2, \"system\": \"x\", \"stop_sequences\": [\"q\"]}"),
        ("/v1/messages/count_tokens", "{\"messages\": " + Hello + "}"),
        ("/api/chat", "{\"messages\": " + Hello + ", \"options\": {\"num_predict\": 2}, \"stream\": false}"),
        ("/api/generate", "{\"prompt\": \"Once\", \"options\": {\"num_predict\": 2, \"stop\": [\"q\"]}, \"stream\": false}"),
        ("/api/show", "{\"model\": \"stories260K\"}"),
        ("/tokenize", "{\"prompt\": \"Once\"}"),
        ("/detokenize", "{\"tokens\": [1, 2]}"),
        ("/apply-template", "{\"messages\": " + Hello + "}"),
    ];

    public static TheoryData<string> Paths => [.. Good.Select(static request => request.Path)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Damaged_requests_are_client_errors_in_the_protocols_form_or_valid(string path)
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var good = Encoding.UTF8.GetBytes(Good.Single(request => request.Path == path).Body);
        Assert.Equal(200, (await Post(path, good)).Status);
        for (var i = 0; i < 100; i++)
        {
            var bytes = good.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var (status, text) = await Post(path, bytes);
            Assert.True(status is 200 or 400 or 404, $"seed {Seed}, round {i}: {status} {text} for {Encoding.Latin1.GetString(bytes)}");
            if (status != 200) AssertError(path, text);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_field_of_every_wrong_kind_is_an_error_in_the_protocols_form(string path)
    {
        var good = JsonNode.Parse(Good.Single(request => request.Path == path).Body)!.AsObject();
        foreach (var name in good.Select(static field => field.Key).Append("no_such_field").ToList())
        {
            foreach (var value in (string[])["\"x\"", "-3.5", "1e999", "true", "[[[]]]", "{\"x\": {\"y\": []}}", "[{}]", "\"\""])
            {
                var body = good.DeepClone().AsObject();
                body[name] = JsonNode.Parse(value);
                var (status, text) = await Post(path, Encoding.UTF8.GetBytes(body.ToJsonString()));
                Assert.True(status is 200 or 400 or 404, $"{name} as {value}: {status} {text}");
                if (status != 200) AssertError(path, text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Deep_long_and_large_bodies_are_refused_in_a_moment(string path)
    {
        var watch = Stopwatch.StartNew();
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        foreach (var body in (string[])[nested, $"{{\"{new string('x', 10 << 20)}\": 1}}", $"{{\"model\": \"{new string('x', 10 << 20)}\"}}"])
        {
            var (status, text) = await Post(path, Encoding.UTF8.GetBytes(body));
            Assert.True(status is 400 or 404, text.Length > 500 ? text[..500] : text);
            Assert.InRange(text.Length, 1, 2000);
            AssertError(path, text);
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    [Theory]
    [InlineData("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"max")]
    [InlineData("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Ty")]
    [InlineData("")]
    public async Task Sockets_that_stay_half_open_hold_up_nobody(string begun)
    {
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                sockets.Add(new());
                await sockets[^1].ConnectAsync(stories.Server.Address.Host, stories.Server.Address.Port, Cancelled);
                await sockets[^1].GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun), Cancelled);
            }

            foreach (var (path, body) in Good) Assert.Equal(200, (await Post(path, Encoding.UTF8.GetBytes(body))).Status);
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    [Theory]
    [InlineData("/v1/messages", """{"max_tokens": 400, "messages": [{"role": "user", "content": "Once"}], "stream": true}""")]
    [InlineData("/v1/responses", """{"max_output_tokens": 400, "input": "Once", "stream": true, "ignore_eos": true}""")]
    [InlineData("/api/chat", """{"messages": [{"role": "user", "content": "Once"}], "options": {"num_predict": 400}}""")]
    public async Task Clients_that_do_not_read_hold_up_nobody_and_leave_nothing_behind(string path, string body)
    {
        var sockets = new List<TcpClient>();
        for (var i = 0; i < 8; i++)
        {
            sockets.Add(new() { ReceiveBufferSize = 1024 });
            await sockets[^1].ConnectAsync(stories.Server.Address.Host, stories.Server.Address.Port, Cancelled);
            await sockets[^1].GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
                Cancelled);
        }

        Assert.Equal(200, (await Post("/api/chat", Encoding.UTF8.GetBytes(Good.Single(static r => r.Path == "/api/chat").Body))).Status);
        foreach (var socket in sockets) socket.Dispose();
        await Eventually.HoldsAsync(() => stories.Engine.ActiveRequests == 0);
    }

    private static void AssertError(string path, string text)
    {
        var error = JsonNode.Parse(text)!;
        if (path.StartsWith("/api/", StringComparison.Ordinal)) Assert.NotEmpty(error["error"]!.GetValue<string>());
        else Assert.NotEmpty(error.Text("error", "message")!);
        if (path.StartsWith("/v1/messages", StringComparison.Ordinal)) Assert.Equal("error", error.Text("type"));
    }

    private async Task<(int Status, string Text)> Post(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await stories.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancelled);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }
}
