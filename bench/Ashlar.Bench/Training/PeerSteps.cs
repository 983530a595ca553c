using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ashlar.Models.Safetensors;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Autodiff;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Objectives;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;

namespace Ashlar.Bench.Training;

/// <summary>
/// Trains from given weights on given tokens, and prints each step's loss and seconds as a line of JSON, as
/// <c>bench/peers/pytorch/train.py</c> does.
/// </summary>
internal sealed unsafe class PeerSteps : IDisposable
{
    private readonly int _rows, _length;
    private readonly int[] _tokens;
    private readonly RowInputs _inputs;
    private readonly ParameterSet _parameters;
    private readonly AdamW _optimizer;
    private readonly Executable _executable;
    private readonly double _learningRate;

    /// <summary>Compiles the step and reads the weights.</summary>
    public PeerSteps(string weights, string tokens, int rows, int length, double learningRate, DType products, int threads)
    {
        (_rows, _length, _learningRate) = (rows, length, learningRate);
        _tokens = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(tokens)).ToArray();
        using var file = SafetensorsFile.Open(weights);
        var shape = PeerFiles.ShapeOf(file.Metadata);
        _parameters = new ParameterSet(shape.Tensors());
        foreach (var parameter in _parameters.All)
        {
            var (stored, values) = (file.Tensors[parameter.Name], ParameterSet.Of(_parameters.Values, parameter));
            Buffer.MemoryCopy(stored.Pointer, values.Pointer, values.Bytes, stored.ByteLength);
        }

        var data = _parameters.All.ToDictionary(
            parameter => parameter.Name, parameter => ParameterSet.Of(_parameters.Values, parameter));
        var graph = TrainingGraph.Build("peer", shape.Configure(), data, new TrainingBatch(rows, length), products);
        _inputs = new RowInputs(rows * length);
        var loss = TokenLoss.Sum(
            graph, RowInputs.Targets(rows * length), RowInputs.Weights(rows * length), shape.VocabularySize);
        var leaves = _parameters.All.Select(parameter => graph.Weights[parameter.Name].Node).ToArray();
        var whole = new Graph([loss.Node, .. Gradient.Of(loss.Node, leaves)]);
        _executable = new Executable(whole, threads);
        foreach (var key in whole.Inputs.Select(node => node.Label!))
        {
            _executable.Bind(key, data.TryGetValue(key, out var values) ? values : _inputs.ByKey[key]);
        }

        _inputs.ByKey["weights"].AsSpan<float>().Fill(1);
        _optimizer = new AdamW(_parameters, WeightDecay.None);
    }

    /// <summary>Makes steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="takesTurns">Whether a line of the standard input begins each.</param>
    public void Run(int steps, bool takesTurns)
    {
        for (var step = 0; step < steps; step++)
        {
            if (takesTurns && Console.In.ReadLine() is null) return;
            Fill(step);
            var started = Stopwatch.GetTimestamp();
            var loss = Step();
            var line = new JsonObject
            {
                ["step"] = step,
                ["loss"] = loss,
                ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds,
                ["peak_memory_bytes"] = Process.GetCurrentProcess().PeakWorkingSet64,
            };
            Console.WriteLine(line.ToJsonString());
            Console.Out.Flush();
        }
    }

    public void Dispose() => _executable.Dispose();

    private double Step()
    {
        _executable.Run();
        var (parts, outputs) = (_parameters.Parts, new TensorData[_parameters.All.Count]);
        var places = _parameters.All.Index().ToDictionary(item => item.Item, item => item.Index);
        for (var i = 0; i < outputs.Length; i++) outputs[i] = _executable.Output(i + 1);
        _executable.ForEach(parts.Length, index =>
        {
            var (parameter, start, length) = parts[index];
            var bytes = Math.Min(length, parameter.Start + parameter.Elements - start) * sizeof(float);
            var from = (float*)outputs[places[parameter]].Pointer + (start - parameter.Start);
            Buffer.MemoryCopy(from, (float*)_parameters.Gradients.Pointer + start, bytes, bytes);
        });
        var loss = _executable.Output(0).AsSpan<float>()[0] / (_rows * _length);
        _optimizer.Step(_learningRate, 1.0 / (_rows * _length), _executable.ForEach);
        return loss;
    }

    private void Fill(int step)
    {
        var perStep = _rows * (_length + 1);
        var start = step % (_tokens.Length / perStep) * perStep;
        var tokens = _inputs.ByKey["tokens"].AsSpan<int>();
        var targets = _inputs.ByKey["targets"].AsSpan<int>();
        var positions = _inputs.ByKey["positions"].AsSpan<int>();
        for (var i = 0; i < tokens.Length; i++)
        {
            var (row, place) = (i / _length, i % _length);
            var at = start + row * (_length + 1) + place;
            (tokens[i], targets[i], positions[i]) = (_tokens[at], _tokens[at + 1], place);
        }
    }
}
