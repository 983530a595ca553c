using System.CommandLine;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Tensors;

namespace Ashlar.Cli.Arguments;

/// <summary>The options of <c>serve</c> that say how many run at once, and what is kept of what was computed.</summary>
internal sealed class ServingArguments
{
    private const string PeerKeyVariable = "ASHLAR_PEER_KEY";

    private readonly Option<int?> _sequences = NumberOption.Create<int>(
        ["--max-num-seqs"], "from 1 to 4096", count => count is >= 1 and <= 4096, "Requests that run at once [default: 64]");

    private readonly Option<int?> _queue = NumberOption.Create<int>(
        ["--max-queue"], "0 or more", count => count >= 0, "Requests that may wait while others run [default: 256]");

    private readonly Option<int?> _chunk = NumberOption.Count(
        ["--max-num-batched-tokens"], "Tokens of prompts in a step; a quarter while others generate [default: 512]");

    private readonly Option<long?> _cacheTokens = NumberOption.Create<long>(
        ["--kv-cache-tokens"], "1 or more", count => count >= 1,
        "Tokens whose keys and values are kept in memory [default: 8 contexts, at most a quarter of the memory]");

    private readonly Option<DType?> _cacheType = new("--kv-cache-dtype")
    {
        Description = "How keys and values are stored: f16, bf16, f32 or q8_0 [default: f16]",
        HelpName = "TYPE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (CacheTypeOf(text) is { } type) return type;
            result.AddError($"--kv-cache-dtype is '{text}'; it must be f16, bf16, f32 or q8_0");
            return null;
        },
    };

    private readonly Option<bool> _noPrefixes = new("--no-enable-prefix-caching")
    {
        Description = "Compute every prompt from its start",
    };

    private readonly Option<string?> _disk = new("--kv-disk")
    {
        Description = "A folder that keeps keys and values beyond memory, and for the next start",
        HelpName = "FOLDER",
    };

    private readonly Option<long?> _diskBytes = NumberOption.Create<long>(
        ["--kv-disk-bytes"], "1 or more", count => count >= 1, "Bytes of that folder [default: 10737418240]");

    private readonly Option<Uri[]> _peers = new("--kv-peer")
    {
        Description = $"A server of the same model to ask for keys and values, may be given several times; {PeerKeyVariable} has its key",
        HelpName = "URL",
        CustomParser = result =>
        {
            var urls = new List<Uri>();
            foreach (var token in result.Tokens)
            {
                if (Uri.TryCreate(token.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") urls.Add(url);
                else result.AddError($"--kv-peer is '{token.Value}'; it must be a URL that begins with http:// or https://");
            }

            return [.. urls];
        },
    };

    private readonly Option<int?> _events = NumberOption.Count(
        ["--kv-events"], "Events of the cache that are kept for /kv/events [default: none]");

    private readonly Option<bool> _noSpeculation = new("--no-speculation") { Description = "Guess no tokens ahead" };

    private readonly Option<int?> _guesses = NumberOption.Create<int>(
        ["--num-speculative-tokens"], "from 1 to 32", count => count is >= 1 and <= 32,
        "Tokens that are guessed ahead at most [default: 8]");

    private readonly Option<string?> _draft = new("--draft-model")
    {
        Description = "A smaller model of the same vocabulary that guesses tokens ahead",
        HelpName = "MODEL",
    };

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_sequences, _queue, _chunk, _cacheTokens, _cacheType, _noPrefixes, _disk, _diskBytes, _peers, _events, _noSpeculation,
                _guesses, _draft])
        {
            command.Add(option);
        }
    }

    /// <summary>The model that guesses, if one is asked for; the caller's to dispose.</summary>
    public LanguageModel? OpenDraft(ParseResult arguments) =>
        arguments.GetValue(_draft) is { } path ? ModelArgument.OpenToRun(path) : null;

    /// <summary>Engine options with what was asked for.</summary>
    public EngineOptions Read(ParseResult arguments, EngineOptions unset, LanguageModel? draft) => unset with
    {
        MaxSequences = arguments.GetValue(_sequences) ?? unset.MaxSequences,
        QueueCapacity = arguments.GetValue(_queue) ?? unset.QueueCapacity,
        PrefillChunk = arguments.GetValue(_chunk) ?? unset.PrefillChunk,
        CacheTokens = arguments.GetValue(_cacheTokens),
        CacheType = arguments.GetValue(_cacheType) ?? unset.CacheType,
        PrefixCaching = !arguments.GetValue(_noPrefixes),
        DiskCache = arguments.GetValue(_disk),
        DiskCacheBytes = arguments.GetValue(_diskBytes) ?? unset.DiskCacheBytes,
        Peers = arguments.GetValue(_peers) ?? [],
        PeerKey = Environment.GetEnvironmentVariable(PeerKeyVariable) is { Length: > 0 } key ? key : null,
        KvEvents = arguments.GetValue(_events) ?? 0,
        Speculation = arguments.GetValue(_noSpeculation) ? SpeculationMethod.None : unset.Speculation,
        SpeculativeTokens = arguments.GetValue(_guesses) ?? unset.SpeculativeTokens,
        DraftModel = draft,
    };

    private static DType? CacheTypeOf(string text) => text.ToUpperInvariant() switch
    {
        "F16" or "FP16" => DType.F16,
        "BF16" => DType.BF16,
        "F32" or "FP32" => DType.F32,
        "Q8_0" => DType.Q8_0,
        _ => null,
    };
}
