using System.Globalization;
using System.Text.Json.Nodes;
using Ashlar.Bench;
using Ashlar.Bench.Attention;
using Ashlar.Bench.Kernels;
using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;
using Ashlar.Bench.Quality;
using Ashlar.Bench.Report;
using Ashlar.Bench.Serving;
using Ashlar.Bench.Training;
using Ashlar.Engine;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

const string usage = """
    usage: Ashlar.Bench COMMAND
      limits  [--rounds 9] [--json RESULTS]     what one core and all can do at most: reading, int8, bfloat16, float32
      kernels [--formats Q4_0,...] [--rows 512,16,4,1] [--rounds 7] [--json RESULTS]
                                                weight matmul of 4096 x 4096 on one core, beside those limits
      training [--threads N] [--rounds 7] [--json RESULTS]
                                                products of training steps, and whole steps, beside what all cores can do
      train-compare SHAPE [--rows 8] [--length 256] [--products F32,BF16] [--threads N] [--rounds 9] [--python /usr/bin/python3]
                    [--json RESULTS]            whole steps with AdamW, beside PyTorch where it is there
      train-losses SHAPE [--steps 200] [--rows 4] [--length 128] [--learning-rate 0.0003] [--products F32] [--threads N]
                   [--python /usr/bin/python3] [--json RESULTS]
                                                how far the losses of the same training come apart from PyTorch's
      train-files SHAPE FOLDER                  new weights and tokens for two programs to train from
      train-steps WEIGHTS TOKENS [--steps 10] [--rows 8] [--length 256] [--learning-rate 0.001] [--products F32] [--threads N]
                  [--turns yes]                 a line of JSON for each step: loss and seconds
      attention [--streams 16,1] [--prefix 2048] [--own 64] [--prompt 512] [--behind 0,2048] [--types F16,...]
                [--threads 2] [--rounds 7]      attention alone: of decode, with the prefix kept once and for each, and of prompts
      quality MODEL [--types Q4_0,...] [--texts 16] [--tokens 128] [--json RESULTS]
                                                perplexity and divergence of each type of weights, beside llama.cpp's
      streams MODEL [--streams 16] [--shared N] [--prompt 256] [--tokens 64] [--threads N] [--rounds 3]
              [--caching off] [--speculation off] [--cache F16]
                                                requests at once through the engine; what they share, the first computes alone
      serving MODEL [--scenarios copying,...] [--cache F16] [--threads N] [--rounds 3] [--json RESULTS]
                                                prefixes, guesses and the disk tier, each with and without
      decode MODEL [--streams 16] [--prefix 2048] [--own 64] [--cache F16,BF16] [--threads 2] [--rounds 7]
                                                a step of streams behind a prefix, kept once, for each, and without it
      overhead [MODEL] [--streams 1,16] [--tokens 256] [--rounds 15]
                                                what server and HTTP cost beside the engine, for a request and a streamed token
      sampling [--vocabularies 32000,128256,262144] [--rounds 200]
                                                microseconds of choosing a token
      steps [--streams 16,64]                   microseconds of the engine's own work in a step
      report RESULTS PAGE                       puts the figures of results into docs/performance.md, and draws its plots
      grammar MODEL                             compiling grammars for a GGUF file's vocabulary, and microseconds a token mask
      tokenizer MODEL                           bytes per second of a GGUF file's tokenizer, prose beside hostile texts
    """;

try
{
    switch (args)
    {
        case ["limits", .. var words]:
            var limits = new Arguments(words, "--rounds", "--json");
            Keep(limits, "limits", LimitsBenchmark.Run(limits.Number("--rounds", 9)));
            return 0;
        case ["kernels", .. var words]:
            var kernels = new Arguments(words, "--formats", "--rows", "--rounds", "--json");
            var rows = kernels.Numbers("--rows", [512, 16, 4, 1]);
            Keep(kernels, "kernels", KernelsBenchmark.Run(kernels.List("--formats"), rows, kernels.Number("--rounds", 7)));
            return 0;
        case ["training", .. var words]:
            var training = new Arguments(words, "--threads", "--rounds", "--json");
            var stepThreads = Threads(training) ?? ThreadCount.Default;
            Keep(training, "training", TrainingBenchmark.Run(stepThreads, training.Number("--rounds", 7)));
            return 0;
        case ["train-compare", .. var words]:
            var compared = new Arguments(
                words, "--rows", "--length", "--products", "--threads", "--rounds", "--python", "--json");
            var beside = PyTorch.Find(compared.Text("--python") ?? PyTorch.Python);
            foreach (var products in compared.List("--products") ?? [nameof(DType.F32)])
            {
                var task = TaskOf(compared, rows: 8, length: 256, products, learningRate: 1e-3);
                Keep(compared, $"{TrainingFigures.Section}{task}", PeerSpeed.Run(task, beside, compared.Number("--rounds", 9)));
            }
            return 0;
        case ["train-losses", .. var words]:
            var losses = new Arguments(
                words, "--steps", "--rows", "--length", "--learning-rate", "--products", "--threads", "--python", "--json");
            if (PyTorch.Find(losses.Text("--python") ?? PyTorch.Python) is { } torch)
            {
                var products = losses.Text("--products") ?? nameof(DType.F32);
                var task = TaskOf(losses, rows: 4, length: 128, products, learningRate: 3e-4);
                Keep(losses, $"{TrainingFigures.Losses}{task}", PeerLosses.Run(task, torch, losses.Number("--steps", 200)));
            }
            return 0;
        case ["train-files", var shape, var folder]:
            PeerFiles.Write(PeerShape.Named(shape), folder);
            return 0;
        case ["train-steps", .. var words]:
            var peer = new Arguments(
                words, "--steps", "--rows", "--length", "--learning-rate", "--products", "--threads", "--turns");
            if (peer.Plain is not [var firstWeights, var trainedTokens]) throw new ArgumentException("train-steps takes WEIGHTS and TOKENS");
            using (var run = new PeerSteps(
                firstWeights, trainedTokens, peer.Number("--rows", 8), peer.Number("--length", 256),
                LearningRate(peer) ?? 1e-3, Enum.Parse<DType>(peer.Text("--products") ?? "F32", ignoreCase: true),
                Threads(peer) ?? ThreadCount.Default))
            {
                run.Run(peer.Number("--steps", 10), takesTurns: peer.Text("--turns") is not null);
            }

            return 0;
        case ["attention", .. var words]:
            var attention = new Arguments(
                words, "--streams", "--prefix", "--own", "--prompt", "--behind", "--types", "--threads", "--rounds");
            var steps = new AttentionSteps(
                attention.Numbers("--streams", [16, 1]), attention.Number("--prefix", 2048), attention.Number("--own", 64),
                attention.Number("--prompt", 512), attention.Numbers("--behind", [0, 2048]));
            AttentionBenchmark.Run(
                steps, attention.List("--types"), attention.Number("--threads", ThreadCount.Default),
                attention.Number("--rounds", 7));
            return 0;
        case ["quality", .. var words]:
            var quality = new Arguments(words, "--types", "--texts", "--tokens", "--json");
            if (quality.Plain is not [var original]) throw new ArgumentException("quality takes one MODEL");
            Keep(quality, $"quality of {Path.GetFileNameWithoutExtension(original)}", QualityBenchmark.Run(
                original, quality.List("--types"), quality.Number("--texts", 16), quality.Number("--tokens", 128)));
            return 0;
        case ["streams", .. var words]:
            var streams = new Arguments(
                words, "--streams", "--shared", "--prompt", "--tokens", "--threads", "--rounds", "--caching",
                "--speculation", "--cache", "--json");
            if (streams.Plain is not [var served]) throw new ArgumentException("streams takes one MODEL");
            var load = new StreamLoad(
                streams.Number("--streams", 16), streams.Number("--shared", 0), streams.Number("--prompt", 256),
                streams.Number("--tokens", 64))
            {
                HasLeader = streams.Text("--shared") is not null,
            };
            var options = new EngineOptions
            {
                MaxSequences = load.Streams,
                PrefixCaching = streams.Text("--caching") != "off",
                Speculation = streams.Text("--speculation") == "off" ? SpeculationMethod.None : SpeculationMethod.Ngram,
                CacheType = CacheType(streams),
                Threads = Threads(streams),
            };
            Keep(streams, "streams", await StreamsBenchmark.Run(served, load, options, streams.Number("--rounds", 3)));
            return 0;
        case ["serving", .. var words]:
            var serving = new Arguments(words, "--scenarios", "--cache", "--threads", "--rounds", "--json");
            if (serving.Plain is not [var answering]) throw new ArgumentException("serving takes one MODEL");
            var cache = CacheType(serving);
            var benchmark = new ServingBenchmark(answering, Threads(serving), serving.Number("--rounds", 3), cache);
            foreach (var scenario in serving.List("--scenarios") ?? ServingBenchmark.Names)
            {
                Keep(serving, $"serving {scenario} {cache}", new()
                {
                    ["model"] = Path.GetFileNameWithoutExtension(answering),
                    ["figures"] = await benchmark.Run(scenario),
                });
            }
            return 0;
        case ["decode", .. var words]:
            var decode = new Arguments(words, "--streams", "--prefix", "--own", "--cache", "--threads", "--rounds");
            if (decode.Plain is not [var stepping]) throw new ArgumentException("decode takes one MODEL");
            DecodeBenchmark.Run(
                stepping, decode.Number("--streams", 16), decode.Number("--prefix", 2048), decode.Number("--own", 64),
                [.. (decode.List("--cache") ?? ["F16"]).Select(type => Enum.Parse<DType>(type, ignoreCase: true))],
                decode.Number("--threads", ThreadCount.Default), decode.Number("--rounds", 7));
            return 0;
        case ["overhead", .. var words]:
            var overhead = new Arguments(words, "--streams", "--tokens", "--rounds", "--json");
            var smallest = overhead.Plain is [var one] ? one : "synthetic:llama-tiny:q8_0";
            Keep(overhead, "overhead", await OverheadBenchmark.Run(
                smallest, overhead.Numbers("--streams", [1, 16]), overhead.Number("--tokens", 256),
                overhead.Number("--rounds", 15)));
            return 0;
        case ["sampling", .. var words]:
            var sampling = new Arguments(words, "--vocabularies", "--rounds");
            SamplingBenchmark.Run(
                sampling.Numbers("--vocabularies", [32_000, 128_256, 262_144]), sampling.Number("--rounds", 200));
            return 0;
        case ["steps", .. var words]:
            StepsBenchmark.Run(new Arguments(words, "--streams").Numbers("--streams", [16, 64]));
            return 0;
        case ["report", var found, var page]:
            PerformanceReport.Write(Results.Read(found), page);
            return 0;
        case ["logits", var path, var tokens, var output]: // what the processes of quality do
            Implementation.Compute(path, tokens, output);
            return 0;
        case ["grammar", var vocabulary]:
            GrammarBenchmark.Run(vocabulary);
            return 0;
        case ["tokenizer", var model]:
            TokenizerBenchmark.Run(model);
            return 0;
        default:
            Console.Error.WriteLine(usage);
            return 2;
    }
}
catch (Exception error) when (error is ArgumentException or NotSupportedException or IOException or InvalidDataException)
{
    Console.Error.WriteLine($"Ashlar.Bench: {error.Message}");
    return error is ArgumentException ? 2 : 1;
}

static DType CacheType(Arguments arguments) =>
    Enum.Parse<DType>(arguments.Text("--cache") ?? nameof(DType.F16), ignoreCase: true);

static int? Threads(Arguments arguments) => arguments.Text("--threads") is null ? null : arguments.Number("--threads", 1);

static double? LearningRate(Arguments arguments) =>
    arguments.Text("--learning-rate") is { } rate ? double.Parse(rate, CultureInfo.InvariantCulture) : null;

static PeerTask TaskOf(Arguments arguments, int rows, int length, string products, double learningRate) => new(
    arguments.Plain is [var shape]
        ? shape
        : throw new ArgumentException($"one SHAPE is needed; there are {string.Join(", ", PeerShape.Names)}"),
    arguments.Number("--rows", rows), arguments.Number("--length", length), Enum.Parse<DType>(products, ignoreCase: true),
    LearningRate(arguments) ?? learningRate, Threads(arguments) ?? ThreadCount.Default);

static void Keep(Arguments arguments, string section, JsonObject results)
{
    if (arguments.Text("--json") is { } path) Results.Put(path, section, results);
}
