namespace Ashlar.Server.Tests.Hosting;

public class ConcurrencyTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    [Fact]
    public async Task Clients_at_once_get_what_each_gets_alone()
    {
        static string Body(int seed, bool stream) =>
            $$"""
            {"prompt": "One day, number {{seed}}", "max_tokens": 24, "temperature": 1, "seed": {{seed}},
             "stream": {{(stream ? "true" : "false")}}}
            """;

        var alone = new List<string>();
        for (var seed = 0; seed < 8; seed++)
        {
            var answer = await stories.Client.AskAsync("/v1/completions", Body(seed, stream: false));
            alone.Add(answer["choices"]![0]!["text"]!.GetValue<string>());
        }

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(async seed =>
            Requests.TextOf((await stories.Client.SendAsync("/v1/completions", Body(seed, stream: true))).Text)));
        Assert.Equal(alone, together);
    }
}
