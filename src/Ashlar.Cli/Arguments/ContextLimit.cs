using Ashlar.Models;

namespace Ashlar.Cli.Arguments;

/// <summary>How long a sequence may be.</summary>
internal static class ContextLimit
{
    private const int Most = 1 << 24;

    /// <summary>Refuses a sequence that a model cannot compute. Rotary positions know no end; learned positions do.</summary>
    /// <param name="what">The arguments that ask for it, for instance <c>--ctx-size 9000</c>.</param>
    /// <param name="tokens">Its length.</param>
    /// <param name="model">The model that is to compute it.</param>
    /// <exception cref="UsageException">It is too long.</exception>
    public static void Check(string what, long tokens, LanguageModel model)
    {
        var limit = model.Configuration.Rotary is null ? model.Configuration.ContextLength : Most;
        if (tokens <= limit) return;
        throw new UsageException($"{what}: '{model.Name}' computes at most {limit} tokens in a sequence, not {tokens}");
    }
}
