namespace Ashlar.Models.Tokenizers;

/// <summary>Reads <c>post_processor</c> as far as it concerns one text: what goes before it and behind it.</summary>
internal static class PostProcessorReader
{
    public static TextTemplate Read(JsonPlace processor, int vocabularySize)
    {
        switch (processor.Type())
        {
            case "ByteLevel":
                return new TextTemplate([], []);
            case "TemplateProcessing":
                return ReadTemplate(processor, vocabularySize);
            case "BertProcessing" or "RobertaProcessing":
                return new TextTemplate([Named(processor["cls"], vocabularySize)], [Named(processor["sep"], vocabularySize)]);
            case "Sequence":
                var whole = new TextTemplate([], []);
                foreach (var item in processor["processors"].Items())
                {
                    var part = Read(item, vocabularySize);
                    whole = new TextTemplate([.. part.Prefix, .. whole.Prefix], [.. whole.Suffix, .. part.Suffix]);
                }

                return whole;
            default:
                throw processor.Unsupported($"the post-processor '{Printable.Name(processor.Type())}'");
        }
    }

    private static TextTemplate ReadTemplate(JsonPlace processor, int vocabularySize)
    {
        List<int> prefix = [];
        List<int> suffix = [];
        var target = prefix;
        foreach (var item in processor["single"].Items())
        {
            if (item.TryGet("Sequence", out _))
            {
                if (target == suffix) throw item.Unsupported("the text twice");
                target = suffix;
                continue;
            }

            var token = item["SpecialToken"]["id"].Text();
            foreach (var id in processor["special_tokens"][token]["ids"].Items()) target.Add(id.Integer(vocabularySize - 1));
        }

        return new TextTemplate([.. prefix], [.. suffix]);
    }

    private static int Named(JsonPlace pair, int vocabularySize)
    {
        if (pair.Count != 2) throw pair.Error("is no pair of token and id");
        return pair.Items().Last().Integer(vocabularySize - 1);
    }
}
