using System.Runtime.InteropServices;
using System.Text;
using Ashlar.Engine;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Server.Answers;

/// <summary>Finds out which stop text has ended an output: the engine leaves it away, and some protocols tell it.</summary>
internal static class StopTexts
{
    /// <summary>The stop text that the last token completed, if it was a stop text that ended the output.</summary>
    /// <param name="tokenizer">What turns the tokens into text.</param>
    /// <param name="request">The request that was run.</param>
    /// <param name="tokens">All tokens of the output, that which ended it included.</param>
    public static string? Matched(Tokenizer tokenizer, GenerationRequest request, List<int> tokens)
    {
        if (tokens.Count == 0 || tokenizer.IsEndOfGeneration(tokens[^1]) || request.StopTokens.Contains(tokens[^1])) return null;

        // A stop text may have begun many tokens before; each of its characters took one at most, and as many bytes.
        var longest = request.Stop.Max(static stop => stop.Length);
        var kept = CollectionsMarshal.AsSpan(tokens)[^Math.Min(tokens.Count, (4 * longest) + 1)..];
        var text = Decode(kept);
        var known = Decode(kept[..^1]).Length;

        string? matched = null;
        var end = int.MaxValue;
        foreach (var stop in request.Stop)
        {
            // Of those that the last token completes, the first counts, and of equals the longest.
            var place = text.IndexOf(stop, Math.Max(0, Math.Min(known, text.Length) - stop.Length), StringComparison.Ordinal);
            if (place < 0) continue;
            var stopEnd = place + stop.Length;
            if (stopEnd < end || (stopEnd == end && stop.Length > matched!.Length)) (matched, end) = (stop, stopEnd);
        }

        return matched;

        // As the engine does, which looks for them in special tokens that have text as well.
        string Decode(ReadOnlySpan<int> some)
        {
            if (request.VisibleTokens.Count == 0) return tokenizer.Decode(some, skipSpecial: true, continuesText: true);
            var decoder = tokenizer.CreateDecoder(continuesText: true, visible: request.VisibleTokens);
            var decoded = new StringBuilder();
            foreach (var token in some) decoded.Append(decoder.Append(token));
            return decoded.Append(decoder.Flush()).ToString();
        }
    }
}
