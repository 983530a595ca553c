using System.Text;
using System.Text.Json;

namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>model</c>: BPE, Unigram or WordPiece.</summary>
internal static class HuggingFaceModelReader
{
    public static TokenModel Read(JsonPlace model, Vocabulary vocabulary, bool byteLevel)
    {
        var type = model.Text("type") ?? Guess(model);
        if (byteLevel && type != "BPE") throw model.Unsupported($"{type} behind a ByteLevel pre-tokenizer");
        return type switch
        {
            "BPE" => ReadBytePairs(model, vocabulary, byteLevel),
            "Unigram" => ReadUnigram(model, vocabulary),
            "WordPiece" => ReadWordPiece(model, vocabulary),
            _ => throw model["type"].Unsupported($"the model '{Printable.Name(type)}'"),
        };
    }

    // Old files do not name their model.
    private static string Guess(JsonPlace model) =>
        model.TryGet("merges", out _) ? "BPE" : model["vocab"].Kind == JsonValueKind.Array ? "Unigram" : "WordPiece";

    private static MergeModel<ListedMerges> ReadBytePairs(JsonPlace model, Vocabulary vocabulary, bool byteLevel)
    {
        model.RefuseUnlessEmpty("dropout");
        model.RefuseUnlessEmpty("continuing_subword_prefix");
        model.RefuseUnlessEmpty("end_of_word_suffix");
        var merges = ReadMerges(model["merges"], vocabulary, byteLevel);
        var fallback = model.Flag("byte_fallback", false) ? vocabulary.FindByteTokens() : null;
        var unknown = new UnknownText(fallback, UnknownId(model, vocabulary), model.Flag("fuse_unk", false));
        return new MergeModel<ListedMerges>(
            new ListedMerges(vocabulary, merges, byteLevel ? vocabulary.FindSingleBytes() : null), byteLevel,
            model.Flag("ignore_merges", false) ? vocabulary : null, unknown,
            !byteLevel && !model.Flag("ignore_merges", false) && merges.MakesNoInnerSpaceMark(vocabulary));
    }

    private static UnigramModel ReadUnigram(JsonPlace model, Vocabulary vocabulary)
    {
        int? unknown = model.TryGet("unk_id", out var id) ? id.Integer(vocabulary.Count - 1) : null;
        var fallback = model.Flag("byte_fallback", false) ? vocabulary.FindByteTokens() : null;
        return new UnigramModel(vocabulary, new UnknownText(fallback, unknown, fuse: true));
    }

    private static WordPieceModel ReadWordPiece(JsonPlace model, Vocabulary vocabulary)
    {
        var unknown = UnknownId(model, vocabulary) ?? throw model.Error("has no 'unk_token'");
        var prefix = model.Text("continuing_subword_prefix") ?? "##";
        var most = model.TryGet("max_input_chars_per_word", out var limit) ? limit.Integer(1 << 16) : 100;
        return new WordPieceModel(vocabulary, [], Encoding.UTF8.GetBytes(prefix), unknown, most);
    }

    private static int? UnknownId(JsonPlace model, Vocabulary vocabulary)
    {
        if (model.Text("unk_token") is not { Length: > 0 } name) return null;
        return vocabulary.FindByText(Encoding.UTF8.GetBytes(name))
            ?? throw model["unk_token"].Error($"is '{Printable.Name(name)}', which the vocabulary lacks");
    }

    private static MergeTable ReadMerges(JsonPlace list, Vocabulary vocabulary, bool byteLevel)
    {
        if (list.Count > MergeTable.MostMerges)
        {
            throw list.Error($"has {list.Count} merges, where up to {MergeTable.MostMerges} are read");
        }

        var table = new MergeTable(list.Count);
        foreach (var item in list.Items())
        {
            var (left, right) = Pair(item);
            var leftId = Find(left, item, vocabulary, byteLevel);
            var rightId = Find(right, item, vocabulary, byteLevel);
            byte[] both = [.. vocabulary[leftId], .. vocabulary[rightId]];
            if (!vocabulary.TryFind(both, out var merged))
            {
                throw item.Error($"makes '{Printable.Name(left + right)}', which the vocabulary lacks");
            }

            table.Add(leftId, rightId, merged);
        }

        return table;
    }

    private static (string Left, string Right) Pair(JsonPlace item)
    {
        if (item.Kind == JsonValueKind.Array)
        {
            if (item.Count != 2) throw item.Error("is no pair of tokens");
            var pair = item.Items().ToArray();
            return (pair[0].Text(), pair[1].Text());
        }

        var text = item.Text();
        var space = text.Length > 1 ? text.IndexOf(' ', 1) : -1;
        return space > 0 ? (text[..space], text[(space + 1)..]) : throw item.Error("is no pair of tokens");
    }

    private static int Find(string token, JsonPlace item, Vocabulary vocabulary, bool byteLevel)
    {
        var text = Encoding.UTF8.GetBytes(token);
        var bytes = new byte[text.Length];
        if (byteLevel && ByteLevelAlphabet.TryDecode(text, bytes, out var length)) text = bytes[..length];
        return vocabulary.TryFind(text, out var id)
            ? id
            : throw item.Error($"joins '{Printable.Name(token)}', which the vocabulary lacks");
    }
}
