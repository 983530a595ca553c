#pragma warning disable CS1591, CA1822, CA1024
using System.Text;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models
{
    public sealed class LanguageModel : IDisposable
    {
        public static LanguageModel Load(string path) => new() { Name = path };

        public string Name { get; init; } = "interim";

        public ModelConfiguration Configuration { get; } = new();

        public Tokenizer? Tokenizer { get; } = new();

        public ChatTemplate? ChatTemplate { get; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    public sealed class ModelConfiguration
    {
        public int VocabularySize => 258;

        public int ContextLength => 512;
    }
}

namespace Ashlar.Models.Tokenizers
{
    public sealed class Tokenizer
    {
        public int? BosId => 256;

        public int? EosId => 257;

        public int VocabularySize => 258;

        public bool IsEndOfGeneration(int id) => id == 257;

        public bool IsSpecial(int id) => id > 255;

        public ReadOnlySpan<byte> TokenBytes(int id) => "<s>"u8;

        public int[] Encode(string text, bool addSpecial = false, bool parseSpecial = false) =>
            [.. addSpecial ? [256] : Array.Empty<int>(), .. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];

        public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false, bool continuesText = false) =>
            string.Concat(ids.ToArray().Where(id => id < 256).Select(id => (char)id));

        public StreamingDecoder CreateDecoder(bool continuesText = false, bool skipSpecial = true) => new();
    }

    public sealed class StreamingDecoder
    {
        public ReadOnlySpan<char> Append(int token) => token < 256 ? ((char)token).ToString() : "";

        public ReadOnlySpan<char> Flush() => [];
    }
}

namespace Ashlar.Models.Templates
{
    public sealed class ChatTemplate
    {
        public static ChatTemplate Parse(string source) => new();

        public string Render(System.Text.Json.Nodes.JsonObject variables) =>
            variables["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();
    }
}

namespace Ashlar.Engine
{
    internal sealed class ForwardPass(Ashlar.Models.LanguageModel model, int contextLength, int threads) : IDisposable
    {
        private readonly int[] _cache = new int[contextLength];

        public int Vocabulary { get; } = 258 + (0 * threads);

        public void Run(ReadOnlySpan<int> tokens, int position, Span<float> logits)
        {
            ObjectDisposedException.ThrowIf(model.IsDisposed, model);
            tokens.CopyTo(_cache.AsSpan(position));
            var counter = 0UL;
            foreach (var token in _cache.AsSpan(0, position + tokens.Length)) counter = (counter + (ulong)token) * 0x9E3779B97F4A7C15;
            for (var i = 0; i < logits.Length; i++)
            {
                counter ^= counter >> 29;
                counter = (counter + (ulong)i) * 0xBF58476D1CE4E5B9;
                logits[i] = (counter >> 40) / (float)(1 << 22);
            }

            logits[257] = 0;
            Thread.Sleep(1);
        }

        public void Dispose()
        {
        }
    }
}

namespace Ashlar.Models.Templates
{
    public sealed class TemplateException : Exception;
}
