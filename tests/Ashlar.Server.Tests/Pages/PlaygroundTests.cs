using System.Text.Json.Nodes;
using Ashlar.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ashlar.Server.Tests.Pages;

public class PlaygroundTests(BrowserServer browser)
{
    [Fact]
    public async Task An_answer_streams_in_and_is_there_after_a_reload_and_can_be_asked_again_with_another_message()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await LimitAsync(page, 40);
        await SayAsync(page, "Once upon a time");
        await Expect(page.Locator(".assistant")).ToHaveCountAsync(1);
        await DoneAsync(page);
        var answer = await page.Locator(".assistant .markdown").TextContentAsync();
        Assert.NotEqual("", answer);
        await Expect(page.Locator(".assistant .foot .figures")).ToContainTextAsync("40 out");

        await page.ReloadAsync();
        await Expect(page.Locator(".user .plain")).ToHaveTextAsync("Once upon a time");
        await Expect(page.Locator(".assistant .markdown")).ToHaveTextAsync(answer!);
        await Expect(page.Locator("#a-max_tokens")).ToHaveValueAsync("40");

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("The message, to be changed").FillAsync("Another beginning");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await DoneAsync(page);
        await Expect(page.Locator(".user .plain")).ToHaveTextAsync("Another beginning");
        await Expect(page.Locator(".message")).ToHaveCountAsync(2);
        await watched.PictureAsync("chat");
    }

    [Fact]
    public async Task Escape_stops_an_answer_keeps_what_came_and_ends_the_request()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await page.Locator("#a-settings [data-field=ignore_eos]").CheckAsync();
        await SayAsync(page, "Never end");
        await watched.UntilAsync("document.querySelector('.assistant .markdown')?.textContent.length > 50");
        await Expect(page.Locator("#a-log")).ToHaveAttributeAsync("aria-busy", "true");
        await page.Keyboard.PressAsync("Escape");
        await DoneAsync(page);
        await Expect(page.Locator(".assistant .note")).ToHaveTextAsync("Stopped.");
        Assert.NotEqual("", await page.Locator(".assistant .markdown").TextContentAsync());
        await Eventually.HoldsAsync(() => browser.Engine.ActiveRequests == 0, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_message_and_settings_and_sends()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await Expect(page.Locator("#a-model option")).ToHaveCountAsync(2);
        var seen = new List<string>();
        for (var i = 0; i < 60 && !seen.Contains("a-temperature"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var (id, isVisible) = (await page.EvaluateAsync<string>("document.activeElement.id"), await page.EvaluateAsync<bool>(
                "getComputedStyle(document.activeElement).outlineStyle !== 'none' && document.activeElement.checkVisibility()"));
            Assert.True(isVisible, $"the focus on '{id}' is not seen");
            seen.Add(id);
            if (id == "message")
            {
                await page.Keyboard.TypeAsync("By keys");
                await page.Keyboard.PressAsync("Enter");
                await watched.UntilAsync("document.querySelector('.assistant .markdown')?.textContent.length > 10");
                await page.Keyboard.PressAsync("Escape");
                await DoneAsync(page);
                Assert.Equal("message", await page.EvaluateAsync<string>("document.activeElement.id"));
            }
        }

        Assert.Equal(["conversations", "a-model", "message", "a-temperature"],
            seen.Where(id => id is "conversations" or "a-model" or "message" or "a-temperature"));
    }

    [Fact]
    public async Task Tokens_are_shown_with_probabilities_and_what_else_was_likely()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await LimitAsync(page, 12);
        await page.Locator("#a-settings [data-field=logprobs]").CheckAsync();
        await page.Locator("#a-top_logprobs").FillAsync("3");
        await SayAsync(page, "Count");
        await DoneAsync(page);
        await Expect(page.Locator(".tokens .token")).ToHaveCountAsync(12);
        await page.Locator(".tokens").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator(".tokens [aria-selected=true]")).ToHaveCountAsync(1);
        Assert.InRange(await page.Locator(".alternatives tr").CountAsync(), 3, 4);
        await Expect(page.Locator(".alternatives .chosen")).ToHaveCountAsync(1);
        await watched.PictureAsync("tokens");
        await page.GetByRole(AriaRole.Button, new() { Name = "Tokens" }).ClickAsync();
        await Expect(page.Locator(".tokens")).ToHaveCountAsync(0);
        await Expect(page.Locator(".assistant .markdown")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Two_models_answer_side_by_side_each_with_its_own_settings()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await LimitAsync(page, 30);
        await page.GetByLabel("Compare").CheckAsync();
        await Expect(page.Locator("#b-model")).ToHaveValueAsync("second");
        await page.GetByRole(AriaRole.Radio, new() { Name = "B" }).CheckAsync();
        await page.Locator("#b-max_tokens").FillAsync("20");
        await SayAsync(page, "The same for both");
        await DoneAsync(page);
        await Expect(page.Locator("#a-log .assistant .foot .figures")).ToContainTextAsync("30 out");
        await Expect(page.Locator("#b-log .assistant .foot .figures")).ToContainTextAsync("20 out");
        await watched.PictureAsync("compare");
    }

    [Fact]
    public async Task What_is_wrong_with_a_setting_is_told_where_it_is()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await page.Locator("#a-temperature").FillAsync("3");
        await SayAsync(page, "No");
        await Expect(page.Locator("#a-temperature-error")).ToHaveTextAsync("From 0 to 2.");
        await Expect(page.Locator("#a-temperature")).ToBeFocusedAsync();
        await Expect(page.Locator("#message")).ToHaveValueAsync("No"); // nothing is lost
        await page.Locator("#a-temperature").FillAsync("");

        await page.Locator("#a-format").SelectOptionAsync("json_schema");
        await page.Locator("#a-schema").FillAsync("{\n  \"type\": object\n}");
        await page.Locator("#a-schema").BlurAsync();
        await Expect(page.Locator("#a-schema-error")).ToContainTextAsync("Line 2, column 11");
        await page.Locator("#a-tools").FillAsync("{}");
        await page.Locator("#a-tools").BlurAsync();
        await Expect(page.Locator("#a-tools-error")).ToContainTextAsync("must be a list");
        await watched.PictureAsync("errors");
        await Expect(page.Locator(".message")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_answer_keeps_to_a_schema()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await page.Locator("#a-format").SelectOptionAsync("json_schema");
        await page.Locator("#a-schema").FillAsync("""
            {"type": "object", "required": ["name", "age"], "additionalProperties": false,
             "properties": {"name": {"enum": ["Ada", "Bob"]}, "age": {"type": "integer", "minimum": 0, "maximum": 99}}}
            """);
        await SayAsync(page, "Somebody");
        await DoneAsync(page);
        var answer = JsonNode.Parse((await page.Locator(".assistant .markdown").TextContentAsync())!)!.AsObject();
        Assert.Equal(["age", "name"], answer.Select(static field => field.Key).Order());
        Assert.True(answer["name"]!.GetValue<string>() is "Ada" or "Bob");
        Assert.InRange(answer["age"]!.GetValue<int>(), 0, 99);
    }

    [Fact]
    public async Task What_the_server_says_of_a_schema_comes_back_to_its_place()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        watched.ExpectedStatuses = [400];
        await page.Locator("#a-format").SelectOptionAsync("json_schema");
        await page.Locator("#a-schema").FillAsync("""{"type": "wrong-on-purpose"}""");
        await SayAsync(page, "As an object");
        await DoneAsync(page);
        await Expect(page.Locator("#a-schema-error")).ToContainTextAsync("wrong-on-purpose");
        await Expect(page.Locator("#a-schema")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator(".assistant .note.error")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_model_that_must_call_a_tool_does_and_its_call_is_shown()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await page.Locator("#a-tools").FillAsync("""
            [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "required": ["city"],
              "additionalProperties": false, "properties": {"city": {"enum": ["Bern", "Rome"]}}}}}]
            """);
        await page.Locator("#a-tool_choice").SelectOptionAsync("required");
        await SayAsync(page, "Weather?");
        await Expect(page.GetByLabel("Result of weather").First).ToBeVisibleAsync();
        await Expect(page.Locator(".call pre").First).ToContainTextAsync("\"city\":");
        await watched.PictureAsync("calls");
    }

    [Fact]
    public async Task Calls_are_shown_and_what_the_person_gives_as_their_result_goes_back()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await page.EvaluateAsync("""
            const state = { id: 'x', title: 'Tools', changed: Date.now(), compare: false, sides: {
              a: { model: 'first', settings: { max_tokens: '8' }, messages: [
                { role: 'user', content: 'Weather?' },
                { role: 'assistant', content: '', reasoning: 'They want the weather.', finish: 'tool_calls', tool_calls: [
                  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }] }] },
              b: { model: 'second', settings: {}, messages: [] } } };
            localStorage.setItem('ashlar.conversation.x', JSON.stringify(state));
            sessionStorage.setItem('ashlar.current', 'x');
            """);
        await page.ReloadAsync();
        await Expect(page.Locator(".call")).ToContainTextAsync("\"city\": \"Bern\"");
        await Expect(page.Locator(".reasoning .plain")).ToBeHiddenAsync();
        await page.Locator(".reasoning summary").ClickAsync();
        await Expect(page.Locator(".reasoning .plain")).ToHaveTextAsync("They want the weather.");
        await page.GetByLabel("Result of weather").FillAsync("sunny");
        await watched.PictureAsync("tools");
        var asked = page.WaitForRequestAsync("**/v1/chat/completions");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send results" }).ClickAsync();
        var messages = JsonNode.Parse((await asked).PostData!)!["messages"]!.AsArray();
        Assert.Equal("call_1", messages[1]!["tool_calls"]![0]!["id"]!.GetValue<string>());
        Assert.Equal("""{"role":"tool","content":"sunny","tool_call_id":"call_1"}""", messages[2]!.ToJsonString());
        await DoneAsync(page);
        await Expect(page.Locator(".message")).ToHaveCountAsync(4);
        await Expect(page.Locator(".note.error")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_request_can_be_copied_as_a_command()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        await LimitAsync(page, 7);
        await page.Locator("#message").FillAsync("It's me");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as curl" }).ClickAsync();
        var text = await page.Locator("#text-content").InputValueAsync();
        Assert.StartsWith($"curl {browser.Server.Address}v1/chat/completions", text, StringComparison.Ordinal);
        Assert.Contains("It'\\''s me", text, StringComparison.Ordinal);
        Assert.Contains("\"max_tokens\": 7", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_asked_for_where_the_server_needs_one()
    {
        await using var locked = await StartAsync("right");
        await using var watched = await browser.OpenAsync("/", server: locked);
        var page = watched.Page;
        watched.ExpectedStatuses = [401];
        await page.Locator("#key-input").FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
        await Expect(page.Locator("#key-reason")).ToContainTextAsync("does not know this key");
        await page.Locator("#key-input").FillAsync("right");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#a-model")).ToHaveValueAsync("other");
        Assert.Equal("right", await page.EvaluateAsync<string>("sessionStorage.getItem('ashlar.key')"));
    }

    [Fact]
    public async Task What_came_before_the_server_ended_is_kept_with_the_reason()
    {
        var server = await StartAsync();
        await using var watched = await browser.OpenAsync("/", server: server);
        watched.ExpectsBrokenConnections = true;
        var page = watched.Page;
        await Expect(page.Locator("#a-model")).ToHaveValueAsync("other");
        await page.Locator("#a-settings [data-field=ignore_eos]").CheckAsync();
        await page.Locator("#message").FillAsync("Go on");
        await page.Locator("#message").PressAsync("Enter");
        await watched.UntilAsync("document.querySelector('.assistant .markdown')?.textContent.length > 50");
        await server.DisposeAsync();
        await DoneAsync(page);
        await Expect(page.Locator(".assistant .note.error")).Not.ToHaveTextAsync("");
        Assert.True((await page.Locator(".assistant .markdown").TextContentAsync())!.Length > 50);

        await page.GetByRole(AriaRole.Button, new() { Name = "Again" }).ClickAsync();
        await Expect(page.Locator(".assistant .note.error")).ToContainTextAsync("does not answer");
    }

    private async Task<AshlarServer> StartAsync(params string[] keys)
    {
        await using var first = await browser.OpenAsync("/"); // skips where there is no browser, and starts the engine
        return await AshlarServer.StartAsync(
            [new(browser.Engine) { Name = "other", ChatTemplate = BrowserServer.Template }],
            new() { Port = 0, ApiKeys = keys, GracePeriod = TimeSpan.Zero },
            TestContext.Current.CancellationToken);
    }

    private static async Task LimitAsync(IPage page, int tokens)
    {
        await Expect(page.Locator("#a-model option")).ToHaveCountAsync(2);
        await page.Locator("#a-max_tokens").FillAsync($"{tokens}");
        await page.Locator("#a-settings [data-field=ignore_eos]").CheckAsync();
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await Expect(page.Locator("#a-model option")).ToHaveCountAsync(2);
        await page.Locator("#message").FillAsync(text);
        await page.Locator("#message").PressAsync("Enter");
    }

    private static Task DoneAsync(IPage page) => Expect(page.Locator("#send")).ToBeVisibleAsync();
}
