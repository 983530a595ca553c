using System.Text.Json;

namespace Ashlar.Training.Runs;

/// <summary>A run's log: a JSON object on each line.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly List<LogRecord> _records = [];
    private readonly StreamWriter _writer;

    /// <summary>Begins a log, or goes on with one: what it says of steps behind the first one is taken out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="steps">Steps that were made before; 0 to begin anew.</param>
    public RunLog(string path, long steps)
    {
        if (steps > 0 && File.Exists(path)) _records.AddRange(Read(path).Where(record => record.Step <= steps));
        _writer = new StreamWriter(path, append: false) { NewLine = "\n" };
        foreach (var record in _records) Write(record);
        _writer.Flush();
    }

    /// <summary>What it says.</summary>
    public IReadOnlyList<LogRecord> Records => _records;

    /// <summary>The last evaluation of each source.</summary>
    public IReadOnlyList<EvaluationReport> Evaluations =>
    [
        .. _records.Where(record => record.Kind == "evaluation").GroupBy(record => record.Source!).Select(source => source.Last())
            .Select(record => new EvaluationReport(record.Step, record.Source!, record.Loss, record.Tokens)),
    ];

    /// <summary>Adds a step.</summary>
    public void Add(StepReport report) => Add(new LogRecord(
        "step", report.Step, report.Loss, report.Tokens, report.LearningRate, report.GradientNorm, report.Seconds));

    /// <summary>Adds an evaluation.</summary>
    public void Add(EvaluationReport report) =>
        Add(new LogRecord("evaluation", report.Step, report.Loss, report.Tokens, Source: report.Source));

    public void Dispose() => _writer.Dispose();

    // A line that a killed run left unfinished is no record.
    private static IEnumerable<LogRecord> Read(string path)
    {
        foreach (var line in File.ReadAllLines(path))
        {
            LogRecord? record = null;
            try
            {
                record = JsonSerializer.Deserialize(line, LogJson.Default.LogRecord);
            }
            catch (JsonException)
            {
            }

            if (record is not null) yield return record;
        }
    }

    private void Add(LogRecord record)
    {
        _records.Add(record);
        Write(record);
        _writer.Flush();
    }

    private void Write(LogRecord record) => _writer.WriteLine(JsonSerializer.Serialize(record, LogJson.Default.LogRecord));
}
