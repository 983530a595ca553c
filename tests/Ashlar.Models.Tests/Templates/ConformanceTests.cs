using System.Text.Json;
using Ashlar.Models.Templates;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Templates;

public class ConformanceTests
{
    [Fact]
    public void Every_published_template_renders_every_case_as_the_reference_does()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Conformance.Path("chat_templates", "cases.json")));

        var failures = new List<string>();
        var count = 0;
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            count++;
            var name = one.GetProperty("template").GetString()!;
            var title = $"{name}, {one.GetProperty("case").GetString()}";
            var source = File.ReadAllText(Conformance.Path("chat_templates", name + ".jinja"));
            string? text = null, error = null;
            try
            {
                text = ChatTemplate.Parse(source).Render(one.GetProperty("input"), Rendering.Clock);
            }
            catch (TemplateException e)
            {
                error = e.Message;
            }

            if (one.TryGetProperty("error", out var expectedError))
            {
                if (error is null) failures.Add($"{title}: no error, expected: {expectedError.GetString()}");
            }
            else if (text != one.GetProperty("expected").GetString())
            {
                failures.Add($"{title}: {error ?? "\n" + text + "\n--- expected\n" + one.GetProperty("expected").GetString()}");
            }
        }

        Assert.Empty(failures);
        Assert.Equal(220, count);
    }
}
