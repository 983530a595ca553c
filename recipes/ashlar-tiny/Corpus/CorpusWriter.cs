using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Corpus;

/// <summary>
/// Writes all texts: <c>pretrain/</c> and <c>instruct/</c> with a file of JSON lines for each part, <c>heldout/</c> with texts and
/// questions that neither has.
/// </summary>
/// <param name="facts">What is true of the program.</param>
/// <param name="seed">What all texts follow from.</param>
internal sealed class CorpusWriter(IReadOnlyList<Fact> facts, ulong seed)
{
    /// <summary>Bytes of text that a token of the recipe's vocabulary stands for, about.</summary>
    public const double BytesPerToken = 3.6;

    private const int Batch = 4096;
    private const int HeldOutBytes = 200_000;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the texts into a folder.</summary>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <param name="pretrainTokens">How many tokens to pre-train on there shall be, about.</param>
    /// <param name="instructTokens">How many tokens of conversations.</param>
    /// <param name="told">Is told of each file that is done.</param>
    public void Write(string folder, long pretrainTokens, long instructTokens, Action<string> told)
    {
        foreach (var part in new Parts(facts).All)
        {
            Documents(
                Path.Combine(folder, "pretrain", part.Name + ".jsonl"), "pretrain " + part.Name,
                Bytes(pretrainTokens, part.PretrainShare), draw => Line(part.Text(draw, false)), told);
            Documents(
                Path.Combine(folder, "instruct", part.Name + ".jsonl"), "instruct " + part.Name,
                Bytes(instructTokens, part.InstructShare), draw => Line(part.Talk(draw)), told);
            Documents(
                Path.Combine(folder, "heldout", part.Name + ".txt"), "heldout " + part.Name, HeldOutBytes,
                draw => part.Text(draw, true) + "\n\n", told);
        }

        File.Copy(TemplatePath, Path.Combine(folder, "chat_template.jinja"), overwrite: true);
    }

    /// <summary>Where the chat template is.</summary>
    public static string TemplatePath => Path.Combine(AppContext.BaseDirectory, "chat_template.jinja");

    private static long Bytes(long tokens, int share) => (long)(tokens * BytesPerToken * share / 100);

    // Batches are made on all threads; as every document follows from its number, what is written does not depend on that.
    private void Documents(string path, string kind, long most, Func<Draw, string> make, Action<string> told)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var documents = new byte[Batch][];
        for (long written = 0, index = 0; written < most; index += Batch)
        {
            var first = index;
            Parallel.For(0, Batch, i => documents[i] = Encoding.UTF8.GetBytes(make(Draw.Of(seed, kind, first + i))));
            for (var i = 0; i < Batch && written < most; i++)
            {
                file.Write(documents[i]);
                written += documents[i].Length;
            }
        }

        told(path);
    }

    private static string Line(string text) => Json(writer => writer.WriteString("text", text));

    private static string Line(Message[] messages) => Json(writer =>
    {
        writer.WriteStartArray("messages");
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role", message.Role);
            writer.WriteString("content", message.Content);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }
}
