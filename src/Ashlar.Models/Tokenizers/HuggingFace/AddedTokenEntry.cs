using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>An element of <c>added_tokens</c>.</summary>
internal sealed record AddedTokenEntry(
    int Id, string Content, bool IsSpecial, bool IsNormalized, bool TakesSpaceBefore, bool TakesSpaceBehind, bool WholeWord,
    JsonPlace Place)
{
    public static List<AddedTokenEntry> Read(JsonPlace list)
    {
        List<AddedTokenEntry> tokens = [];
        HashSet<string> contents = [];
        foreach (var item in list.Items())
        {
            var content = item["content"].Text();
            if (content.Length == 0) throw item.Error("is an added token without text");
            if (!contents.Add(content)) throw item.Error($"is the second added token '{Printable.Name(content)}'");
            tokens.Add(new AddedTokenEntry(
                item["id"].Integer(VocabularyBuilder.MostTokens - 1), content,
                item.Flag("special", false), item.Flag("normalized", true),
                item.Flag("lstrip", false), item.Flag("rstrip", false), item.Flag("single_word", false), item));
        }

        return tokens;
    }

    /// <summary>
    /// The token as it is looked for: in the text as it is, or in text that <paramref name="normalizer"/> has rewritten.
    /// </summary>
    public AddedToken AsAdded(Normalizer? normalizer)
    {
        var text = Encoding.UTF8.GetBytes(Content);
        if (normalizer is not null)
        {
            var buffer = new TextBuffer();
            normalizer.Apply(text, buffer);
            if (buffer.Length > 0) text = buffer.Written.ToArray();
        }

        return new AddedToken(Id, text, IsSpecial, TakesSpaceBefore, TakesSpaceBehind, WholeWord);
    }
}
