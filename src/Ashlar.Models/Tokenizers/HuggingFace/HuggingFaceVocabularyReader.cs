using System.Text;
using System.Text.Json;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>model.vocab</c> and the added tokens into one vocabulary.</summary>
internal static class HuggingFaceVocabularyReader
{
    public static Vocabulary Read(JsonPlace model, List<AddedTokenEntry> added, bool byteLevel)
    {
        var vocab = model["vocab"];
        var entries = vocab.Kind == JsonValueKind.Array ? ReadScored(vocab) : ReadNumbered(vocab);
        var most = Math.Min(VocabularyBuilder.MostTokens, ((entries.Count + added.Count) * 4L) + 65536);
        var ids = entries.Select(entry => entry.Id).Concat(added.Select(token => token.Id));
        var byId = new Entry?[ids.DefaultIfEmpty(-1).Max() + 1];
        if (byId.Length == 0) throw vocab.Error("is empty");
        if (byId.Length > most) throw vocab.Error($"has {entries.Count} tokens and an id of {byId.Length - 1}");

        foreach (var entry in entries)
        {
            if (byId[entry.Id] is { } other)
            {
                throw vocab.Error($"gives id {entry.Id} to '{Printable.Name(other.Text)}' and to '{Printable.Name(entry.Text)}'");
            }

            byId[entry.Id] = entry;
        }

        foreach (var token in added)
        {
            // An added token may repeat one of the model's, but not take the id of another.
            if (byId[token.Id] is { } other && other.Text != token.Content)
            {
                throw token.Place.Error(
                    $"gives id {token.Id} to '{Printable.Name(token.Content)}', and it belongs to "
                    + $"'{Printable.Name(other.Text)}'");
            }

            byId[token.Id] = new Entry(
                token.Id, token.Content, byId[token.Id]?.Score ?? 0, token.IsSpecial ? TokenKind.Control : TokenKind.UserDefined);
        }

        return Build(byId, byteLevel, vocab.Kind == JsonValueKind.Array);
    }

    private static Vocabulary Build(Entry?[] byId, bool byteLevel, bool scored)
    {
        var builder = new VocabularyBuilder(byId.Length) { Scores = scored ? new float[byId.Length] : null };
        for (var id = 0; id < byId.Length; id++)
        {
            var entry = byId[id];
            var kind = entry?.Kind ?? TokenKind.Unused;
            var text = Encoding.UTF8.GetBytes(entry?.Text ?? "");
            if (byteLevel) builder.AddByteLevel(text, kind);
            else builder.Add(text, kind == TokenKind.Normal && TokenTexts.TryParseByte(text, out _) ? TokenKind.Byte : kind);
            if (scored) builder.Scores![id] = (float)(entry?.Score ?? 0);
        }

        return builder.Build();
    }

    private static List<Entry> ReadNumbered(JsonPlace vocab)
    {
        List<Entry> entries = new(vocab.Count);
        HashSet<string> seen = new(vocab.Count, StringComparer.Ordinal);
        foreach (var (text, id) in vocab.Members())
        {
            if (!seen.Add(text)) throw id.Error("is there twice");
            entries.Add(new Entry(id.Integer(VocabularyBuilder.MostTokens - 1), text, 0, TokenKind.Normal));
        }

        return entries;
    }

    private static List<Entry> ReadScored(JsonPlace vocab)
    {
        List<Entry> entries = new(vocab.Count);
        foreach (var item in vocab.Items())
        {
            if (item.Count != 2) throw item.Error("is no pair of token and score");
            var pair = item.Items().ToArray();
            entries.Add(new Entry(entries.Count, pair[0].Text(), pair[1].Number(), TokenKind.Normal));
        }

        if (entries.Count > VocabularyBuilder.MostTokens)
        {
            throw vocab.Error($"has {entries.Count} tokens, where up to {VocabularyBuilder.MostTokens} are read");
        }

        return entries;
    }

    private sealed record Entry(int Id, string Text, double Score, TokenKind Kind);
}
