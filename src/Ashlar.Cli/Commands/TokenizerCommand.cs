using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Streams;
using Ashlar.Training.Tokenizers;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar tokenizer train</c>: a vocabulary learned from text.</summary>
internal static class TokenizerCommand
{
    public static Command Create() => new("tokenizer", "Make tokenizers.") { CreateTrain() };

    private static Command CreateTrain()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Texts in UTF-8; of .jsonl files each line's 'text' or 'messages'",
            HelpName = "FILES",
            Arity = ArgumentArity.OneOrMore,
        };
        var size = NumberOption.Count(["--vocab-size"], "Tokens in all: 256 of bytes, merged ones, special ones");
        size.Required = true;
        var output = new Option<string>("--out", "-o")
        {
            Description = "Where to write: a .gguf file, or a folder for tokenizer.json",
            HelpName = "FILE",
            Required = true,
        };
        var cut = new Option<string>("--pre-tokenizer")
        {
            Description = "How text is cut before any merging [default: gpt-2]",
            HelpName = string.Join('|', BytePairTrainer.PreTokenizers),
        };
        cut.AcceptOnlyFromAmong([.. BytePairTrainer.PreTokenizers]);
        var least = NumberOption.Create<long>(
            ["--min-frequency"], "1 or more", count => count >= 1, "How often a pair must occur to be merged [default: 2]");
        var special = Text("--special", "A token that is structure, not text; may be given several times");
        var (bos, eos, pad) = (
            Text("--bos", "The special token that begins a text"), Text("--eos", "The special token that ends a text"),
            Text("--pad", "The special token that fills unused places"));
        var template = new Option<string?>("--template")
        {
            Description = "A file with the chat template, in Jinja, to go with the vocabulary",
            HelpName = "FILE",
        };
        var threads = EngineArguments.Threads();

        var command = new Command("train", "Learn a byte-level byte-pair vocabulary from text.")
        {
            files, size, output, cut, least, special, bos, eos, pad, template, threads,
        };
        command.SetAction(arguments =>
        {
            var options = new BytePairOptions
            {
                VocabularySize = arguments.GetRequiredValue(size)!.Value,
                PreTokenizer = arguments.GetValue(cut) ?? "gpt-2",
                MinimumFrequency = arguments.GetValue(least) ?? 2,
                SpecialTokens = arguments.GetValue(special) ?? [],
                Bos = arguments.GetValue(bos)?.LastOrDefault(),
                Eos = arguments.GetValue(eos)?.LastOrDefault(),
                Padding = arguments.GetValue(pad)?.LastOrDefault(),
                ChatTemplate = TemplateOption.Read(arguments, template),
                Threads = arguments.GetValue(threads) ?? Environment.ProcessorCount,
            };
            Train(arguments.GetRequiredValue(files), options, arguments.GetRequiredValue(output), Interrupts.Take());
            return ExitCode.Done;
        });
        return command;
    }

    private static void Train(string[] files, BytePairOptions options, string output, CancellationToken interrupt)
    {
        if (output.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out is '{output}'; give a folder, into which tokenizer.json is written, or a .gguf file");
        }

        var clock = Stopwatch.StartNew();
        var shown = new Shown();
        var vocabulary = BytePairTrainer.Train(TextFiles.Read(files), options, shown, interrupt);
        if (output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) vocabulary.WriteGguf(output);
        else vocabulary.WriteHuggingFace(output);
        StandardError.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {output}: {vocabulary.Count} tokens from {ByteSize.Format(shown.Bytes)} in {clock.Elapsed.TotalSeconds:F1} s"));
        if (vocabulary.Count < options.VocabularySize)
        {
            StandardError.WriteLine(
                $"ashlar: the text has no more pairs that occur {options.MinimumFrequency} times; "
                + $"of {options.VocabularySize} tokens there are {vocabulary.Count}");
        }
    }

    private static Option<string[]> Text(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT" };

    private sealed class Shown : IProgress<BytePairProgress>
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Report(BytePairProgress value)
        {
            if (value.Merges == 0) InterlockedMax(value.BytesRead);
            StandardError.Status(value.Merges == 0
                ? $"counted {ByteSize.Format(value.BytesRead)} …"
                : $"learned {value.Merges} of {value.MostMerges} merges …");
        }

        private void InterlockedMax(long bytes)
        {
            for (var seen = Bytes; seen < bytes && Interlocked.CompareExchange(ref _bytes, bytes, seen) != seen; seen = Bytes)
            {
                // another thread reported meanwhile
            }
        }
    }
}
