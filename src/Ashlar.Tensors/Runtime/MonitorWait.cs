namespace Ashlar.Tensors.Runtime;

/// <summary>What <see cref="AddressWait"/> does, for systems whose own calls for it are not known.</summary>
internal static unsafe class MonitorWait
{
    private static readonly object[] Gates = [.. Enumerable.Range(0, 64).Select(_ => new object())];

    public static void Wait(int* word, int value)
    {
        var gate = GateOf(word);
        lock (gate)
        {
            while (Volatile.Read(ref *word) == value) Monitor.Wait(gate);
        }
    }

    // Others may sleep at the same gate for another word.
    public static void Wake(int* word)
    {
        var gate = GateOf(word);
        lock (gate) Monitor.PulseAll(gate);
    }

    private static object GateOf(int* word) => Gates[(int)((nuint)word >> 7) % Gates.Length & 63];
}
