using System.Runtime.InteropServices;
using System.Text.Json;
using Ashlar.Testing;

namespace Ashlar.Tensors.Tests.Formats;

/// <summary>What ggml makes of two rows of 512 numbers, for each block format.</summary>
internal sealed record QuantizationVector(
    DType Type, int BlockElements, int BlockBytes, float[] Source, byte[] Quantized, float[] Dequantized)
{
    private static readonly Lazy<QuantizationVector[]> All = new(Read);

    /// <summary>The vectors of one type; skips the calling test where the conformance data are absent.</summary>
    public static QuantizationVector Of(DType type) => All.Value.Single(vector => vector.Type == type);

    public static int Count => All.Value.Length;

    private static QuantizationVector[] Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Conformance.Path("quantization", "vectors.json")));
        return
        [
            .. file.RootElement.EnumerateArray().Select(entry => new QuantizationVector(
                Enum.Parse<DType>(entry.GetProperty("type").GetString()!),
                entry.GetProperty("block_elements").GetInt32(),
                entry.GetProperty("block_bytes").GetInt32(),
                Floats(entry.GetProperty("source_f32")),
                entry.GetProperty("quantized").GetBytesFromBase64(),
                Floats(entry.GetProperty("dequantized_f32")))),
        ];
    }

    private static float[] Floats(JsonElement base64) => MemoryMarshal.Cast<byte, float>(base64.GetBytesFromBase64()).ToArray();
}
