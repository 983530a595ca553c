using Ashlar.Models.Storage;
using Ashlar.Tensors;

namespace Ashlar.Models.Safetensors;

/// <summary>A tensor of a safetensors file.</summary>
public sealed class SafetensorsTensor : StoredTensor
{
    internal SafetensorsTensor(MappedFile file, NativeCopies? copies, long offset, string name, DType type, long[] shape)
        : base(file, copies, offset, name, type, shape)
    {
    }
}
