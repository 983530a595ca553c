using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Training;
using Ashlar.Tensors;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar finetune</c>: goes on with the training of a model on data of one's own.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        var model = ModelArgument.Create();
        var data = new Argument<string>("DATA")
        {
            Description = "JSON lines with 'messages', 'text', or 'prompt', 'chosen' and 'rejected' (--dpo); or a text",
            HelpName = "DATA",
        };
        var full = new Option<bool>("--full") { Description = "Train all weights, in place of low-rank matrices beside them" };
        var layers = new Option<string[]>("--layers")
        {
            Description = "Layers with low-rank matrices, for instance attn_q or 'ffn_*' [default: all linear layers]",
            HelpName = "NAME",
        };
        var rank = NumberOption.Create<int>(["--rank"], "1 to 256", count => count is >= 1 and <= 256,
            "The size of low-rank matrices [default: 8]");
        var alpha = NumberOption.Create<double>(["--alpha"], "above 0", value => value > 0,
            "What low-rank matrices give is scaled by this over the rank [default: twice the rank]");
        var merge = new Option<bool>("--merge") { Description = "Write the changed model, not an adapter of it" };
        var dpo = new Option<bool>("--dpo") { Description = "Learn to prefer chosen answers to rejected ones" };
        var beta = NumberOption.Create<double>(["--beta"], "above 0", value => value > 0,
            "How far --dpo may lead from the model [default: 0.1]");
        var steps = NumberOption.Count(["--steps"], "Steps [default: 100]");
        var rate = NumberOption.Create<double>(["--rate"], "above 0", value => value > 0,
            "The peak of the learning rate [default: 1e-3 of low-rank matrices, 1e-4 with --full, 1e-4 with --dpo]");
        var rows = NumberOption.Count(["--rows"], "Rows of a batch [default: 4]");
        var length = NumberOption.Count(["--length"], "Tokens of a row [default: 256]");
        var heldOut = NumberOption.Create<double>(["--held-out"], "0 to 0.9", share => share is >= 0 and <= 0.9,
            "The share of the data to evaluate with [default: 0]");
        var seed = NumberOption.Create<long>(["--seed"], "0 or more", number => number >= 0, "Decides the order [default: 1]");
        var template = new Option<string?>("--template") { Description = "A file with a chat template", HelpName = "FILE" };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The folder of the run's files [default: runs/MODEL-finetuned]",
            HelpName = "FOLDER",
        };
        var type = new Option<string?>("--type")
        {
            Description = "What matrices are stored as, with --full or --merge [default: q8_0]",
            HelpName = "TYPE",
        };
        var resume = new Option<bool>("--resume") { Description = "Go on from the last checkpoint that is whole" };
        var threads = EngineArguments.Threads();
        var json = new Option<bool>("--json") { Description = "Print what happens as lines of JSON" };
        var command = new Command("finetune", "Go on with the training of a model, on data of your own.")
        {
            model, data, full, layers, rank, alpha, merge, dpo, beta, steps, rate, rows, length, heldOut, seed, template, output,
            type, resume, threads, json,
        };
        command.SetAction(arguments =>
        {
            var isFull = arguments.GetValue(full);
            if (isFull && arguments.GetValue(rank) is not null) throw new UsageException("--rank is of no use with --full");
            var isDpo = arguments.GetValue(dpo);
            var tuning = new Finetuning
            {
                Model = arguments.GetRequiredValue(model),
                Data = arguments.GetRequiredValue(data),
                Layers = isFull ? null : arguments.GetValue(layers) is { Length: > 0 } names ? names : ["attn_*", "ffn_*"],
                Rank = arguments.GetValue(rank) ?? 8,
                Alpha = arguments.GetValue(alpha),
                Merges = arguments.GetValue(merge),
                Beta = isDpo ? arguments.GetValue(beta) ?? 0.1 : null,
                Steps = arguments.GetValue(steps) ?? 100,
                Rate = arguments.GetValue(rate) ?? (isFull || isDpo ? 1e-4 : 1e-3),
                Rows = arguments.GetValue(rows) ?? 4,
                Length = arguments.GetValue(length) ?? 256,
                HeldOut = arguments.GetValue(heldOut) ?? 0,
                Seed = (ulong)(arguments.GetValue(seed) ?? 1),
                Template = arguments.GetValue(template),
                Folder = arguments.GetValue(output),
                Type = TypeOf(arguments.GetValue(type) ?? "q8_0"),
                Threads = arguments.GetValue(threads) ?? 0,
            };
            var recipe = tuning.ToRecipe();
            return RunPresentation.Show(recipe, arguments.GetValue(json), (tell, interrupted) =>
                new TrainingRun(recipe, tell) { Merges = tuning.Merges }.Run(arguments.GetValue(resume), interrupted));
        });
        return command;
    }

    private static DType TypeOf(string name) => Enum.TryParse<DType>(name, ignoreCase: true, out var type) && type is DType.F32
        or DType.F16 or DType.BF16 or DType.Q8_0 or DType.Q6_K or DType.Q5_K or DType.Q5_0 or DType.Q4_K or DType.Q4_0
            ? type
            : throw new UsageException($"--type is '{name}'; there are f32, f16, bf16, q8_0, q6_k, q5_k, q5_0, q4_k, q4_0");
}
