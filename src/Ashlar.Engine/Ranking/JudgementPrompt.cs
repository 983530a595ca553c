using System.Text;
using Ashlar.Models;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine.Ranking;

/// <summary>Asks a model whether a document fits a query.</summary>
internal sealed class JudgementPrompt
{
    private const string Query = "{query}", Document = "{document}";

    private readonly Tokenizer _tokenizer;
    private readonly string _template;

    /// <param name="model">The model to ask.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">The prompt.</param>
    /// <param name="yes">The answer that speaks for the document.</param>
    /// <param name="no">The answer that speaks against it.</param>
    public JudgementPrompt(LanguageModel model, Tokenizer tokenizer, string? template, string yes, string no)
    {
        _tokenizer = tokenizer;
        _template = template ?? throw new NotSupportedException(
            $"model '{model.Name}' says nothing of how it judges documents ('tokenizer.chat_template.rerank'); give "
            + $"{nameof(DocumentScorerOptions)}.{nameof(DocumentScorerOptions.Template)}, or score by similarity");
        foreach (var part in (string[])[Query, Document])
        {
            if (!_template.Contains(part, StringComparison.Ordinal))
            {
                throw new ArgumentException($"the template for judging has no '{part}', and so nowhere to put it");
            }
        }

        var labels = $"{model.Configuration.Architecture}.classifier.output_labels";
        if (model.Metadata is { } metadata && metadata.Contains(labels) && !metadata.GetStrings(labels).SequenceEqual(["yes", "no"]))
        {
            throw new NotSupportedException(
                $"model '{model.Name}' is a classifier with labels of its own ('{labels}'); supported are those that answer yes or no");
        }

        (Yes, No) = (TokenOf(yes), TokenOf(no));

        int TokenOf(string answer) => tokenizer.Encode(answer) is [var token]
            ? token
            : throw new NotSupportedException($"'{answer}' is not one token of model '{model.Name}'; it cannot answer so at once");
    }

    public int Yes { get; }

    public int No { get; }

    /// <summary>The prompt for judging that a GGUF file brings; null for none.</summary>
    public static string? TemplateOf(LanguageModel model) => model.Metadata?.GetString("tokenizer.chat_template.rerank", null);

    /// <summary>The prompt that asks.</summary>
    public int[] Encode(string query, string document)
    {
        // In one piece, so that blanks join words as they did in training. Yet what is looked through is not to speak to the model.
        if (IsPlain(query) && IsPlain(document)) return EncodeTemplate(Fill(query, document));
        var tokens = new List<int>();
        var rest = _template.AsSpan();
        while (!rest.IsEmpty)
        {
            var (at, text, length) = Next(rest, query, document);
            tokens.AddRange(EncodeTemplate(rest[..at].ToString()));
            tokens.AddRange(_tokenizer.Encode(text));
            rest = rest[(at + length)..];
        }

        return [.. tokens];
    }

    private string Fill(string query, string document)
    {
        var filled = new StringBuilder();
        var rest = _template.AsSpan();
        while (!rest.IsEmpty)
        {
            var (at, text, length) = Next(rest, query, document);
            filled.Append(rest[..at]).Append(text);
            rest = rest[(at + length)..];
        }

        return filled.ToString();
    }

    // The next place of a text in what is left of the template; the end, where there is none.
    private static (int At, string Text, int Length) Next(ReadOnlySpan<char> rest, string query, string document)
    {
        var (q, d) = (rest.IndexOf(Query), rest.IndexOf(Document));
        if (q >= 0 && (d < 0 || q < d)) return (q, query, Query.Length);
        return d >= 0 ? (d, document, Document.Length) : (rest.Length, "", 0);
    }

    private bool IsPlain(string text) => !_tokenizer.Encode(text, parseSpecial: true).Any(_tokenizer.IsSpecial);

    private int[] EncodeTemplate(string text) => _tokenizer.Encode(text, addSpecial: false, parseSpecial: true);
}
