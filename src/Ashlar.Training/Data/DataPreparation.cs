using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Training.Data.Documents;
using Ashlar.Training.Data.Tokens;

namespace Ashlar.Training.Data;

/// <summary>
/// Makes sources ready to be trained on: their documents become tokens once, in a file whose name follows from what it was made
/// of, so that another run over the same data finds it.
/// </summary>
/// <param name="tokenizer">The tokenizer of the model.</param>
/// <param name="template">Its chat template, where there is one.</param>
/// <param name="folder">Where token files are kept.</param>
internal sealed class DataPreparation(Tokenizer tokenizer, ChatTemplate? template, string folder)
{
    private const string Version = "1"; // of what is made of the same files

    /// <summary>Opens a source, having tokenized it where no file is left of an earlier time.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A sample is bad; the message names file and line.</exception>
    public DataSource Open(DataDescription data)
    {
        var name = data.Name ?? Path.GetFileName(data.Files[0]);
        foreach (var path in data.Files)
        {
            if (!File.Exists(path)) throw new FileNotFoundException($"data '{name}': there is no file '{path}'", path);
        }

        var file = OpenTokens(data, name);
        if (file.VocabularySize <= tokenizer.VocabularySize)
        {
            return new DataSource(
                name, file, data.Weight, data.HeldOut, IsCut: data.Format != DataFormat.Chat, data.Until);
        }

        file.Dispose();
        throw new InvalidDataException($"data '{name}' has tokens of a vocabulary of {file.VocabularySize}, where the "
            + $"model's has {tokenizer.VocabularySize}; use the tokenizer that the file was made with");
    }

    private TokenFile OpenTokens(DataDescription data, string name)
    {
        if (data.Format == DataFormat.Tokens)
        {
            return data.Files is [var only]
                ? TokenFile.Open(only)
                : throw new InvalidDataException($"data '{name}': a source of tokens is one file; make a source of each");
        }

        if (data.Format == DataFormat.Chat && template is null)
        {
            throw new InvalidDataException($"data '{name}' holds conversations, but there is no chat template; give one");
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{KeyOf(data)}.tokens");
        if (!File.Exists(path))
        {
            var documents = data.Files.SelectMany(source => Documents(source, data)).AsParallel().AsOrdered()
                .WithMergeOptions(ParallelMergeOptions.AutoBuffered).Select(encode => encode());
            TokenFileWriter.Write(path, tokenizer.VocabularySize, data.Format == DataFormat.Chat, InOrder(documents));
        }

        return TokenFile.Open(path);
    }

    // The first error in the order of the file, not all that were found together.
    private static IEnumerable<Document> InOrder(ParallelQuery<Document> documents)
    {
        using var all = documents.GetEnumerator();
        while (true)
        {
            try
            {
                if (!all.MoveNext()) yield break;
            }
            catch (AggregateException errors)
            {
                throw errors.Flatten().InnerExceptions.OrderBy(error => error.Message.Length)
                    .ThenBy(error => error.Message, StringComparer.Ordinal).First();
            }

            yield return all.Current;
        }
    }

    // What makes each document, so that threads may share the work.
    private IEnumerable<Func<Document>> Documents(string path, DataDescription data) => data.Format switch
    {
        DataFormat.Text => TextDocuments.Cut(Utf8Text.Read(path), data.Separator).Select(
            text => (Func<Document>)(() => Encode(text.Span, endsText: data.Separator is not null))),
        DataFormat.JsonLines => JsonLines.Read(path).Select(sample => (Func<Document>)(() => Encode(
            Encoding.UTF8.GetBytes(JsonLines.Text(path, sample.Line, sample.Value, data.Field ?? "text")), endsText: true))),
        _ => JsonLines.Read(path).Select(
            sample => (Func<Document>)(() => Converse(path, sample.Line, sample.Value, data.Field ?? "messages"))),
    };

    private Document Encode(ReadOnlySpan<byte> text, bool endsText)
    {
        List<int> ids = new((text.Length / 3) + 8);
        ids.AddRange(endsText ? tokenizer.Prefix : []);
        tokenizer.Encode(text, ids);
        if (endsText && tokenizer.EosId is { } end) ids.Add(end);
        return new Document([.. ids]);
    }

    private Document Converse(string path, long line, JsonElement sample, string field)
    {
        if (!sample.TryGetProperty(field, out var messages))
        {
            throw SampleError.At(path, line, $"the object has no field '{field}' with the messages of a conversation");
        }

        return new ConversationEncoder(tokenizer, template!).Encode(messages, out var problem)
            ?? throw SampleError.At(path, line, problem!);
    }

    private string KeyOf(DataDescription data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(string.Create(CultureInfo.InvariantCulture,
            $"{Version} {data.Format} {data.Field} {data.Separator?.Length} {data.Separator} {tokenizer.VocabularySize}"));
        for (var id = 0; id < tokenizer.VocabularySize; id++) hash.AppendData(tokenizer.TokenBytes(id));
        Add(data.Format == DataFormat.Chat ? template!.Source : "");
        foreach (var path in data.Files)
        {
            using var stream = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}
