using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Whether and how the answer is streamed.</summary>
/// <param name="IsStreamed">Server-sent events, rather than one object in the end.</param>
/// <param name="IncludeUsage">Whether one more event tells the usage.</param>
/// <param name="ContinuousUsage">Whether every event tells the usage so far.</param>
internal sealed record StreamFields(bool IsStreamed, bool IncludeUsage = false, bool ContinuousUsage = false)
{
    /// <summary>Reads <c>stream</c> and <c>stream_options</c>.</summary>
    public static StreamFields Read(RequestFields fields)
    {
        const string Options = "stream_options";
        var isStreamed = fields.Boolean("stream") ?? false;
        if (fields.Object(Options, "an object") is not { } json) return new(isStreamed);
        if (!isStreamed) throw FieldErrors.WrongValue(Options, "given", "absent unless 'stream' is true");

        var options = new RequestFields(json, Options);
        var includeUsage = options.Boolean("include_usage") ?? false;
        var continuousUsage = options.Boolean("continuous_usage_stats") ?? false;

        // Padding against the guessing of lengths on the wire is OpenAI's; there is none here to be turned off.
        if (options.Boolean("include_obfuscation") is true)
        {
            throw FieldErrors.Unsupported(options.PathOf("include_obfuscation"), "leave it out");
        }

        options.RefuseUnread();
        return new(isStreamed, includeUsage, includeUsage && continuousUsage);
    }
}
