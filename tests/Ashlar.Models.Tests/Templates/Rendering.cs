using Ashlar.Testing;
using System.Text.Json;
using Ashlar.Models.Templates;

namespace Ashlar.Models.Tests.Templates;

/// <summary>Renders small templates over one set of variables.</summary>
internal static class Rendering
{
    public static readonly TimeProvider Clock = new FixedClock(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private static readonly JsonElement Variables = JsonDocument.Parse("""
        {
          "s": "Hello World", "l": [3, 1, 2], "d": {"b": 1, "a": "x", "items": 5}, "n": null, "emoji": "a😀b😀c",
          "users": [{"name": "bob", "age": 3}, {"name": "Alice", "age": 2}, {"name": "carl", "age": 3}],
          "tree": [{"n": 1, "c": [{"n": 2, "c": []}, {"n": 3, "c": [{"n": 4, "c": []}]}]}],
          "text": "one\ntwo\n\nfour", "html": "<b>\"x\" & 'y'</b>"
        }
        """).RootElement;

    public static string Of(string source, TemplateLimits? limits = null) =>
        ChatTemplate.Parse(source, limits).Render(Variables, Clock);

    public static void Gives(string source, string expected) => Assert.Equal(expected, Of(source));

    public static void Fails(string source) => Error(source);

    public static TemplateException Error(string source, TemplateLimits? limits = null)
    {
        var error = Assert.Throws<TemplateException>(() => Of(source, limits));
        Assert.True(error.Line >= 1 && error.Column >= 1, error.Message);
        Assert.Contains(error.Reason, error.Message, StringComparison.Ordinal);
        return error;
    }
}
