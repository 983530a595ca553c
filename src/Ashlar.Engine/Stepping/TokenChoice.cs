using Ashlar.Engine.Sampling;
using Ashlar.Tensors;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// Has the sequences of a step choose their next tokens, on all threads that compute. Sequences of one grammar share its cache of
/// states and choose one after the other: so no thread waits for another.
/// </summary>
internal sealed class TokenChoice
{
    private const int None = -1;

    private readonly PagedPass _pass;
    private readonly Candidates?[] _idle; // one for each thread, once it was needed
    private readonly List<Choosing> _choosing;
    private readonly List<int> _first; // of each that choose one after the other
    private readonly Action<int> _choose;
    private TensorData? _logits;

    /// <param name="pass">Whose threads they are.</param>
    /// <param name="mostSequences">Sequences of a step, at most.</param>
    public TokenChoice(PagedPass pass, int mostSequences)
    {
        _pass = pass;
        _idle = new Candidates?[mostSequences];
        (_choosing, _first) = (new(mostSequences), new(mostSequences));
        _choose = Choose;
    }

    /// <summary>Calls <see cref="Sequence.Choose"/> of each sequence that has logits.</summary>
    /// <param name="scheduled">The sequences of the step, settled.</param>
    /// <param name="logits">(outputs of all, vocabulary) F32; they are changed.</param>
    public void Run(List<Sequence> scheduled, TensorData logits)
    {
        _choosing.Clear();
        _first.Clear();
        var row = 0;
        foreach (var sequence in scheduled)
        {
            if (sequence.Outputs > 0) Add(sequence, row);
            row += sequence.Outputs;
        }

        if (_first.Count == 0) return;
        _logits = logits;
        _pass.ForEach(_first.Count, _choose);
        _logits = null;
    }

    private void Add(Sequence sequence, int row)
    {
        var number = _choosing.Count;
        _choosing.Add(new(sequence, row, None));
        if (sequence.Grammar is not null)
        {
            for (var i = number - 1; i >= 0; i--)
            {
                if (_choosing[i].Sequence.Grammar != sequence.Grammar) continue;
                _choosing[i] = _choosing[i] with { Next = number };
                return;
            }
        }

        _first.Add(number);
    }

    private void Choose(int task)
    {
        var candidates = Take();
        for (var number = _first[task]; number != None; number = _choosing[number].Next)
        {
            var (sequence, row, _) = _choosing[number];
            var vocabulary = _pass.Vocabulary;
            var logits = _logits!.AsSpan<float>().Slice(row * vocabulary, sequence.Outputs * vocabulary);
            sequence.Choose(logits, candidates);
        }

        Return(candidates);
    }

    // There is a place for each, however many threads there are: no more run at once than there are sequences.
    private Candidates Take()
    {
        foreach (ref var place in _idle.AsSpan())
        {
            if (Interlocked.Exchange(ref place, null) is { } found) return found;
        }

        return new(_pass.Vocabulary);
    }

    private void Return(Candidates candidates)
    {
        foreach (ref var place in _idle.AsSpan())
        {
            if (Interlocked.CompareExchange(ref place, candidates, null) is null) return;
        }
    }

    private readonly record struct Choosing(Sequence Sequence, int Row, int Next);
}
