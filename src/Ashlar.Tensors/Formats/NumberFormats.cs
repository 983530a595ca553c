namespace Ashlar.Tensors.Formats;
/// <summary>x</summary>
public static class NumberFormats {
/// <summary>x</summary>
public static void Dequantize(DType t, ReadOnlySpan<byte> s, Span<float> d) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte,float>(s).CopyTo(d);
/// <summary>x</summary>
public static void Quantize(DType t, ReadOnlySpan<float> s, Span<byte> d) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(s).CopyTo(d);
}
