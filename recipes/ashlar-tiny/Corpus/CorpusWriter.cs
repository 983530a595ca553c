using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Reading;

namespace Ashlar.Tiny.Corpus;

/// <summary>
/// Writes all texts: <c>pretrain/</c> and <c>instruct/</c> with a file of JSON lines for each part, <c>heldout/</c> with texts
/// and questions that neither has.
/// </summary>
/// <param name="facts">What is true of the program.</param>
/// <param name="seed">What all texts follow from.</param>
internal sealed class CorpusWriter(IReadOnlyList<Fact> facts, ulong seed)
{
    private const int Batch = 1024;
    private const int HeldOutBytes = 200_000;
    private const double ReadingShare = 0.2; // bytes of it beside tokens of all: more than the first stage reads

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
                Bytes(pretrainTokens, part.PretrainShare, part), draw => Line(part.Text(draw, false)), told);
            Documents(
                Path.Combine(folder, "instruct", part.Name + ".jsonl"), "instruct " + part.Name,
                Bytes(instructTokens, part.InstructShare, part), draw => Line(part.Talk(draw)), told);
            Documents(
                Path.Combine(folder, "heldout", part.Name + ".txt"), "heldout " + part.Name, HeldOutBytes,
                draw => (part.Text(draw, true) + "\n\n", 0), told);
        }

        Documents(
            Path.Combine(folder, "pretrain", "reading.jsonl"), "pretrain reading", (long)(pretrainTokens * ReadingShare),
            draw => Line(ReadingTexts.Create(draw)), told);
        File.Copy(TemplatePath, Path.Combine(folder, "chat_template.jinja"), overwrite: true);
    }

    /// <summary>Where the chat template is.</summary>
    public static string TemplatePath => Path.Combine(AppContext.BaseDirectory, "chat_template.jinja");

    private static long Bytes(long tokens, int share, Part part) => (long)(tokens * part.BytesPerToken * share / 100);

    // Batches are made on all threads; as every document follows from its number, what is written does not depend on that.
    private void Documents(string path, string kind, long most, Func<Draw, (string Line, int Frame)> make, Action<string> told)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            var documents = new (byte[] Line, int Frame)[Batch];
            for (long written = 0, index = 0; written < most; index += Batch)
            {
                var first = index;
                Parallel.For(0, Batch, i =>
                {
                    var (line, frame) = make(Draw.Of(seed, kind, first + i));
                    documents[i] = (Encoding.UTF8.GetBytes(line), frame);
                });
                for (var i = 0; i < Batch && written < most; i++)
                {
                    file.Write(documents[i].Line);
                    written += documents[i].Line.Length - documents[i].Frame;
                }
            }
        }

        told(path);
    }

    private static (string, int) Line(string text) => Json(text.Length, writer => writer.WriteString("text", text));

    private static (string, int) Line(Message[] messages) => Json(messages.Sum(message => message.Content.Length), writer =>
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

    // A line, and how many of its bytes are no text that is trained on.
    private static (string Line, int Frame) Json(int text, Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return (Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n", (int)stream.Length - text);
    }
}
