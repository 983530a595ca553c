using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ashlar.Server.Tests.Pages;

public class PageFormTests(BrowserServer browser)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/engine")]
    public async Task A_page_fits_a_phone_in_the_dark(string path)
    {
        await using var watched = await browser.OpenAsync(
            path, new() { ViewportSize = new() { Width = 360, Height = 720 }, ColorScheme = ColorScheme.Dark, HasTouch = true });
        var page = watched.Page;
        await Expect(page.Locator(path == "/" ? "#a-model option" : "#model option")).ToHaveCountAsync(2);
        Assert.True(await watched.FitsAsync(), "the page scrolls sideways");
        await watched.PictureAsync($"phone{path.Replace('/', '-')}");
        Assert.InRange(await LightnessAsync(page, "body", "backgroundColor"), 0, 60);
        Assert.InRange(await LightnessAsync(page, "body", "color"), 200, 255);
        if (path != "/") return;

        await page.Locator("#settings summary").ClickAsync();
        await Expect(page.Locator("#a-temperature")).ToBeVisibleAsync();
        Assert.True(await watched.FitsAsync(), "the settings make the page scroll sideways");
        await watched.PictureAsync("phone-settings");
        await page.Locator("#a-max_tokens").FillAsync("30");
        await page.Locator("#settings summary").ClickAsync();
        await page.GetByLabel("Compare").CheckAsync();
        await page.Locator("#message").FillAsync("On the way");
        await page.Locator("#send").ClickAsync();
        await Expect(page.Locator(".assistant .foot .figures")).ToHaveCountAsync(2);
        Assert.True(await watched.FitsAsync(), "answers make the page scroll sideways");
        await watched.PictureAsync("phone-compare");
    }

    [Fact]
    public async Task What_a_model_writes_becomes_no_markup_but_Markdown()
    {
        await using var watched = await browser.OpenAsync("/");
        var page = watched.Page;
        var html = await page.EvaluateAsync<string>("""
            async text => {
              const { markdown } = await import('/assets/markdown.js');
              const place = document.createElement('div');
              place.append(...markdown(text));
              return place.innerHTML;
            }
            """,
            "# Title\n\nSome **bold**, *soft*, `code <b>` and <img src=x onerror=alert(1)>.\n\n"
            + "- one\n  - two\n- three\n\n1. first\n2. second\n\n"
            + "| a | b |\n|---|--:|\n| 1 | <i>2</i> |\n\n```js\nlet x = '<script>';\n```\n\n"
            + "[bad](javascript:alert(1)) [good](https://example.org/)");
        Assert.Contains("<h3>Title</h3>", html, StringComparison.Ordinal);
        Assert.Contains("<strong>bold</strong>, <em>soft</em>, <code>code &lt;b&gt;</code>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal);
        Assert.Contains(
            "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul><ol><li>first</li><li>second</li></ol>", html, StringComparison.Ordinal);
        Assert.Contains("<td>1</td><td class=\"right\">&lt;i&gt;2&lt;/i&gt;</td>", html, StringComparison.Ordinal);
        Assert.Contains("<code>let x = '&lt;script&gt;';</code>", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://example.org/\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**a *b `c [d](", 3000)]
    [InlineData("> - 1. ", 500)]
    [InlineData("| a ", 3000)]
    [InlineData("_*_*~~", 3000)]
    public async Task Markdown_made_to_be_slow_is_not(string part, int times)
    {
        await using var watched = await browser.OpenAsync("/");
        var milliseconds = await watched.Page.EvaluateAsync<double>("""
            async ([part, times]) => {
              const { markdown } = await import('/assets/markdown.js');
              const began = performance.now();
              markdown(part.repeat(times));
              return performance.now() - began;
            }
            """, new object[] { part, times });
        Assert.InRange(milliseconds, 0, 5000);
    }

    [Fact]
    public async Task Pages_may_run_and_ask_nothing_but_what_the_server_sends()
    {
        await using var watched = await browser.OpenAsync("/engine");
        using var client = new HttpClient { BaseAddress = browser.Server.Address };
        foreach (var path in new[] { "/", "/engine", "/assets/playground.js", "/assets/base.css", "/assets/icon.svg" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, path);
            Assert.StartsWith(
                "default-src 'none'; script-src 'self'; style-src 'self';",
                response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());

            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            using var unchanged = await client.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.Equal(System.Net.HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        using var missing = await client.GetAsync(
            new Uri("/assets/nothing.js", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static Task<double> LightnessAsync(IPage page, string selector, string property) => page.EvaluateAsync<double>(
        """
        ([selector, property]) => {
          const parts = getComputedStyle(document.querySelector(selector))[property].match(/[\d.]+/g).slice(0, 3);
          return parts.reduce((sum, part) => sum + Number(part), 0) / 3;
        }
        """,
        new object[] { selector, property });
}
