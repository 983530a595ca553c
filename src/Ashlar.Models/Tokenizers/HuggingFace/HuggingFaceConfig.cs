using System.Text;
using System.Text.Json;

namespace Ashlar.Models.Tokenizers;

/// <summary>What the files beside <c>tokenizer.json</c> say: which tokens begin and end a text, and the chat template.</summary>
internal sealed class HuggingFaceConfig
{
    private const long MostBytes = 1L << 26;
    private const long MostTemplateBytes = 1L << 22; // published templates have some kilobytes
    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<string, int> _named = [];
    private readonly HashSet<int> _endsGeneration = [];
    private bool? _addBos;
    private bool? _addEos;

    private HuggingFaceConfig(Vocabulary vocabulary) => _vocabulary = vocabulary;

    public string? ChatTemplate { get; private set; }

    public static HuggingFaceConfig Read(string? folder, Vocabulary vocabulary)
    {
        var config = new HuggingFaceConfig(vocabulary);
        if (folder is null) return config;
        if (Open(folder, "tokenizer_config.json") is { } tokenizer)
        {
            config.ReadNames(tokenizer);
            if (tokenizer.TryGet("add_bos_token", out _)) config._addBos = tokenizer.Flag("add_bos_token", false);
            if (tokenizer.TryGet("add_eos_token", out _)) config._addEos = tokenizer.Flag("add_eos_token", false);
            config.ChatTemplate = ReadTemplate(tokenizer);
        }

        if (Open(folder, "special_tokens_map.json") is { } map) config.ReadNames(map);
        if (Open(folder, "generation_config.json") is { } generation) config.ReadGeneration(generation);
        var template = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(template)) config.ChatTemplate = ReadText(template);
        return config;
    }

    /// <summary>Puts the ids together with what <c>tokenizer.json</c> itself says.</summary>
    public SpecialIds Complete(TextTemplate template, IEnumerable<int> special, string? unknown)
    {
        HashSet<int> all = [.. special];
        var ends = EndOfTurnTokens.Among(all, _vocabulary);
        var (bos, eos) = (Named("bos_token"), Named("eos_token"));
        _endsGeneration.UnionWith(ends);
        if (eos is { } end) _endsGeneration.Add(end);
        return new SpecialIds
        {
            Bos = bos,
            Eos = eos,
            Eot = ends.Count > 0 ? ends[0] : null,
            Unknown = Named("unk_token") ?? (unknown is null ? null : Find(unknown)),
            Padding = Named("pad_token"),
            Prefix = With(template.Prefix, bos, _addBos, atStart: true),
            Suffix = With(template.Suffix, eos, _addEos, atStart: false),
            EndsGeneration = _endsGeneration,
            Special = all,
            Infill = InfillTokens.Of(_vocabulary, static _ => null), // named by their texts alone
        };
    }

    // An explicit add_bos_token or add_eos_token outranks the template, as it does where the template is rebuilt from them.
    private static int[] With(int[] template, int? id, bool? wanted, bool atStart)
    {
        if (id is not { } token || wanted is null || wanted == template.Contains(token)) return template;
        if (wanted == false) return [.. template.Where(other => other != token)];
        return atStart ? [token, .. template] : [.. template, token];
    }

    private static JsonPlace? Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonPlace.Read(path, MostBytes) : null;
    }

    private static string ReadText(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= MostTemplateBytes
            ? File.ReadAllText(path)
            : throw new InvalidDataException(
                $"{Path.GetFileName(path)}: {length} bytes, where up to {MostTemplateBytes} are read; is it the right file?");
    }

    private static string? ReadTemplate(JsonPlace config)
    {
        if (!config.TryGet("chat_template", out var template)) return null;
        if (template.Kind != JsonValueKind.Array) return template.Text();

        // Several named templates: "default" is the one for conversations.
        foreach (var item in template.Items())
        {
            if (item["name"].Text() == "default") return item["template"].Text();
        }

        return null;
    }

    private void ReadNames(JsonPlace config)
    {
        foreach (var name in new[] { "bos_token", "eos_token", "unk_token", "pad_token" })
        {
            if (_named.ContainsKey(name) || !config.TryGet(name, out var value)) continue;
            var text = value.Kind == JsonValueKind.Object ? value["content"].Text() : value.Text();
            if (Find(text) is { } id) _named[name] = id;
        }
    }

    private void ReadGeneration(JsonPlace generation)
    {
        if (!generation.TryGet("eos_token_id", out var eos)) return;
        var ids = eos.Kind == JsonValueKind.Array ? eos.Items().ToArray() : [eos];
        foreach (var id in ids)
        {
            var value = id.Integer(int.MaxValue);
            if (value < _vocabulary.Count) _endsGeneration.Add(value);
        }
    }

    private int? Named(string name) => _named.TryGetValue(name, out var id) ? id : null;

    private int? Find(string text) => _vocabulary.FindByText(Encoding.UTF8.GetBytes(text));
}
