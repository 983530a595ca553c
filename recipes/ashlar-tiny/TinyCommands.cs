using System.CommandLine;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Judging;

namespace Ashlar.Tiny;

/// <summary>The command line of this folder: makes the text, and judges the model that was trained on it.</summary>
internal static class TinyCommands
{
    private const ulong DefaultSeed = 1;
    private const long DefaultPretrainTokens = 64_000_000;
    private const long DefaultInstructTokens = 16_000_000;

    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Makes the text that ashlar-tiny is trained on, and judges the model.")
        {
            CreateGenerate(), CreateJudge(), CreateFacts(),
        };
        return root.Parse(args).InvokeAsync();
    }

    private static Command CreateGenerate()
    {
        var output = new Option<string>("--out", "-o") { Description = "The folder to write to", Required = true };
        var seed = Seed();
        var pretrain = new Option<long>("--pretrain-tokens")
        {
            Description = "Tokens to pre-train on, about",
            DefaultValueFactory = _ => DefaultPretrainTokens,
        };
        var instruct = new Option<long>("--instruct-tokens")
        {
            Description = "Tokens of conversations, about",
            DefaultValueFactory = _ => DefaultInstructTokens,
        };
        var command = new Command("generate", "Write the texts: the same seed gives the same bytes.") { output, seed, pretrain,
            instruct };
        command.SetAction(arguments => new CorpusWriter(Facts(), arguments.GetValue(seed)).Write(
            arguments.GetRequiredValue(output), arguments.GetValue(pretrain), arguments.GetValue(instruct),
            path => Console.Error.WriteLine($"{path}: {new FileInfo(path).Length >> 10} KiB")));
        return command;
    }

    private static Command CreateJudge()
    {
        var model = new Argument<string>("MODEL") { Description = "The model to ask" };
        var seed = Seed();
        var each = new Option<int>("--each") { Description = "Tool calls, and sums, to ask for", DefaultValueFactory = _ => 300 };
        var limit = new Option<int>("--limit") { Description = "Questions about commands to ask, spread over all; 0 is all" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("judge", "Ask a model what was held out, and say how much is right.") { model, seed, each,
            limit, json };
        command.SetAction(async (arguments, cancellation) =>
        {
            using var judge = new Judge(arguments.GetRequiredValue(model));
            var questions = Thinned(
                [.. HeldOutQuestion.All(Facts(), arguments.GetValue(seed), arguments.GetValue(each))], arguments.GetValue(limit));
            var verdicts = await judge.AskAsync(questions, cancellation).ConfigureAwait(false);
            var isJson = arguments.GetValue(json);
            Console.WriteLine(isJson ? JudgeReport.Json(verdicts).ToJsonString() : JudgeReport.Markdown(verdicts));
        });
        return command;
    }

    private static Command CreateFacts()
    {
        var command = new Command("facts", "Print what is true of the program now: a line of JSON for each fact.");
        command.SetAction(_ =>
        {
            foreach (var fact in FactsNow()) Console.WriteLine(FactFile.Line(fact));
        });
        return command;
    }

    /// <summary>What is true of the program now, and stands in README.md of the checkout that it lies in.</summary>
    internal static IReadOnlyList<Fact> FactsNow() => CommandFacts.Gather(File.ReadAllText(Path.Combine(Root(), "README.md")));

    /// <summary>The facts that the texts are made of.</summary>
    internal static IReadOnlyList<Fact> Facts() =>
        FactFile.Read(Path.Combine(Root(), "recipes", "ashlar-tiny", "facts.jsonl"));

    /// <summary>The checkout.</summary>
    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ashlar.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("no Ashlar.slnx above the program; run it from a checkout");
    }

    private static IEnumerable<HeldOutQuestion> Thinned(HeldOutQuestion[] all, int limit)
    {
        var commands = all.Count(question => question.Part == "commands");
        if (limit <= 0 || limit >= commands) return all;
        return all.Where((question,
            i) => question.Part != "commands" || (long)i * limit / commands != (long)(i + 1) * limit / commands);
    }

    private static Option<ulong> Seed() =>
        new("--seed") { Description = "What all texts follow from", DefaultValueFactory = _ => DefaultSeed };
}
