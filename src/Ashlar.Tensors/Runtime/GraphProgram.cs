namespace Ashlar.Tensors.Runtime;

/// <summary>A way to compute a graph from bound inputs; for one run at a time.</summary>
internal abstract class GraphProgram : IDisposable
{
    /// <summary>Bytes of the memory that is kept for values.</summary>
    public abstract long Bytes { get; }

    /// <summary>Computes every output; the inputs are bound and their sizes solved.</summary>
    /// <param name="outputReady">Called for each output as soon as it is final; null for nobody.</param>
    /// <exception cref="InvalidOperationException">An operation cannot be computed; the message names it.</exception>
    public abstract void Run(Action<int>? outputReady);

    /// <summary>Calls a function for each number below a count, on the threads that runs use.</summary>
    public virtual void ForEach(int count, Action<int> call)
    {
        Exception? failure = null;
        for (var i = 0; i < count; i++)
        {
            try
            {
                call(i);
            }
            catch (Exception error)
            {
                failure ??= error;
            }
        }

        if (failure is not null) throw new AggregateException(failure);
    }

    /// <summary>An output of the last run, valid until the next.</summary>
    public abstract TensorData Output(int index);

    /// <summary>Whether a run writes where these data lie.</summary>
    public abstract bool Overwrites(TensorData data);

    /// <summary>How the rows of a state lie in its memory, as <see cref="Executable.LayoutOf"/> says it.</summary>
    public virtual string LayoutOf(Node state) => "rows";

    /// <summary>Lets go of what a failed run left.</summary>
    public virtual void Abandon()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
