namespace Ashlar.Tensors.Runtime;
internal sealed unsafe class RotaryAngles(ReadOnlySpan<float> frequencies, double magnitude) : IDisposable
{
    private readonly float[] _f = frequencies.ToArray();
    private NativeBlock _block = new(0);
    private int _done;
    public float* Pointer => (float*)_block.Pointer;
    public void Prepare(ReadOnlySpan<int> positions)
    {
        var max = 0; foreach (var p in positions) max = Math.Max(max, p);
        if (max < _done) return;
        _done = Math.Max(max + 1, 2 * _done);
        _block = new NativeBlock(_done * _f.Length * 8L);
        for (var p = 0; p < _done; p++) for (var j = 0; j < _f.Length; j++)
        { var (s, c) = Math.SinCos((double)p * _f[j]); Pointer[p * 2 * _f.Length + j] = (float)(c * magnitude); Pointer[(p * 2 + 1) * _f.Length + j] = (float)(s * magnitude); }
    }
    public void Dispose() => _block.Dispose();
}
