using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Server;

namespace Ashlar.Bench.Serving;

/// <summary>
/// What the server and HTTP cost beside the engine: the same requests in the process and over a kept connection, in turns. The
/// model is so small that little else is left. The client's own threads are not counted. On a machine that is busy with other
/// things tokens gather before they are fetched: where there is much less than one update and one event a token, the figures
/// are of something else.
/// </summary>
internal static class OverheadBenchmark
{
    private const string Prompt = "Once upon a time";
    private const int RequestsOfRound = 50;
    private const int WarmingRounds = 30;
    private const int Bias = 100; // enough to be chosen always

    /// <summary>Measures.</summary>
    /// <param name="path">The model.</param>
    /// <param name="streams">How many requests run at once, one measurement each.</param>
    /// <param name="tokens">Tokens of a streamed answer.</param>
    /// <param name="rounds">How many rounds; some more come first, unmeasured, while code is compiled.</param>
    public static async Task<JsonObject> Run(string path, IReadOnlyList<int> streams, int tokens, int rounds)
    {
        using var model = LanguageModel.Load(path);
        await using var engine = new InferenceEngine(model, new()
        {
            ContextLength = tokens + 64,
            MaxSequences = streams.Max(),
            Threads = 1,
            Speculation = SpeculationMethod.None,
        });
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 });
        var token = SomeWord(model);
        var one = new Load("request", 1, 1, RequestsOfRound, token, IsStreamed: false);
        var results = new JsonArray { await Compare(engine, server.Address, one, rounds) };
        foreach (var count in streams)
        {
            var load = new Load("streamed token", count, tokens, 1, token, IsStreamed: true);
            results.Add(await Compare(engine, server.Address, load, rounds));
        }

        return new() { ["model"] = model.Name, ["overheads"] = results };
    }

    // What a random model says is often half a character, of which nothing is told.
    private static int SomeWord(LanguageModel model)
    {
        var tokenizer = model.Tokenizer ?? throw new NotSupportedException($"'{model.Name}' has no tokenizer; give one that has");
        for (var token = 0; token < tokenizer.VocabularySize; token++)
        {
            var bytes = tokenizer.IsEndOfGeneration(token) ? [] : tokenizer.TokenBytes(token);
            if (bytes.Length > 0 && !bytes.ContainsAnyExceptInRange((byte)'a', (byte)'z')) return token;
        }

        throw new NotSupportedException($"'{model.Name}' has no token that is a word; give another");
    }

    private static async Task<JsonNode> Compare(InferenceEngine engine, Uri address, Load load, int rounds)
    {
        using var clients = new Clients(address, load);
        var (direct, served) = (new List<Cost>(), new List<Cost>());
        for (var round = -WarmingRounds; round < rounds; round++)
        {
            Cost own, http;
            if (round % 2 == 0) (own, http) = (await Direct(engine, load), clients.Ask());
            else (http, own) = (clients.Ask(), await Direct(engine, load));
            if (round < 0) continue;
            direct.Add(own);
            served.Add(http);
        }

        var units = load.Units;
        var result = new JsonObject
        {
            ["of"] = load.Name,
            ["streams"] = load.Streams,
            ["engine_microseconds"] = Median(direct, cost => cost.Wall / units),
            ["wall_microseconds"] = Rounded(Differences(cost => cost.Wall / units)),
            ["processor_microseconds"] = Rounded(Differences(cost => cost.Processor / units)),
            ["allocated_bytes"] = Rounded(Differences(cost => cost.Bytes / units)),
            ["updates"] = Median(direct, cost => cost.Events / units),
            ["events"] = Median(served, cost => cost.Events / units),
        };
        Console.WriteLine($"{load.Name}, {load.Streams} at once: {result.ToJsonString()}");
        return result;

        double Differences(Func<Cost, double> value) =>
            Rounds.Median(direct.Zip(served, (own, http) => value(http) - value(own)));
    }

    private static async Task<Cost> Direct(InferenceEngine engine, Load load)
    {
        var prompt = engine.Model.Tokenizer!.Encode(Prompt, addSpecial: true);
        var request = new GenerationRequest
        {
            PromptTokens = prompt,
            MaxTokens = load.Tokens,
            IgnoreEndOfSequence = true,
            Sampling = SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [load.Token] = Bias } },
        };
        var updates = 0;
        var start = Moment.Now();
        await Task.WhenAll(Enumerable.Range(0, load.Streams).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < load.Repetitions; i++)
            {
                await foreach (var update in engine.GenerateAsync(request))
                {
                    GC.KeepAlive(update.Text);
                    Interlocked.Increment(ref updates);
                }
            }
        })));
        return start.Since(TimeSpan.Zero, updates);
    }

    private static double Median(List<Cost> costs, Func<Cost, double> value) => Rounded(Rounds.Median(costs.Select(value)));

    private static double Rounded(double number) => Math.Round(number, 2);

    /// <summary>What is asked for in a round.</summary>
    private sealed record Load(string Name, int Streams, int Tokens, int Repetitions, int Token, bool IsStreamed)
    {
        /// <summary>Requests, or tokens of streams.</summary>
        public double Units => Streams * Repetitions * Tokens;

        public string Body => string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"prompt": "{{Prompt}}", "max_tokens": {{Tokens}}, "temperature": 0, "ignore_eos": true,
            "logit_bias": {"{{Token}}": {{Bias}}}, "stream": {{(IsStreamed ? "true" : "false")}}}
            """);
    }

    /// <summary>What a round cost: microseconds, and bytes of the managed heap.</summary>
    private readonly record struct Cost(double Wall, double Processor, double Bytes, double Events);

    private readonly record struct Moment(long Ticks, TimeSpan Processor, long Bytes)
    {
        public static Moment Now() =>
            new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

        public Cost Since(TimeSpan elsewhere, int events) => new(
            Stopwatch.GetElapsedTime(Ticks).TotalMicroseconds,
            (Environment.CpuUsage.TotalTime - Processor - elsewhere).TotalMicroseconds,
            GC.GetTotalAllocatedBytes(precise: true) - Bytes,
            events);
    }

    /// <summary>Connections, each with a thread that waits to ask.</summary>
    private sealed class Clients : IDisposable
    {
        private readonly Barrier _begin, _end;
        private readonly Thread[] _threads;
        private long _ticks;
        private int _events;
        private volatile bool _isOver;
        private volatile Exception? _failure;

        public Clients(Uri address, Load load)
        {
            (_begin, _end) = (new(load.Streams + 1), new(load.Streams + 1));
            _threads = [.. Enumerable.Range(0, load.Streams).Select(_ => new Thread(() => Work(address, load)))];
            foreach (var thread in _threads) thread.Start();
        }

        public Cost Ask()
        {
            (_ticks, _events) = (0, 0);
            var start = Moment.Now();
            _begin.SignalAndWait();
            _end.SignalAndWait();
            if (_failure is { } failure) throw new IOException(failure.Message, failure);
            return start.Since(new(_ticks), _events);
        }

        public void Dispose()
        {
            _isOver = true;
            _begin.SignalAndWait();
            foreach (var thread in _threads) thread.Join();
            _begin.Dispose();
            _end.Dispose();
        }

        private void Work(Uri address, Load load)
        {
            using var client = new BlockingClient(address, "/v1/completions", load.Body);
            while (true)
            {
                _begin.SignalAndWait();
                if (_isOver) return;
                var began = ThreadTime.Current;
                try
                {
                    for (var i = 0; i < load.Repetitions; i++) Interlocked.Add(ref _events, client.Ask());
                }
                catch (IOException error)
                {
                    _failure = error;
                }

                Interlocked.Add(ref _ticks, (ThreadTime.Current - began).Ticks);
                _end.SignalAndWait();
            }
        }
    }
}
