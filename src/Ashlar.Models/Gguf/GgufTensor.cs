using Ashlar.Models.Storage;
using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>A tensor of a GGUF file.</summary>
public sealed class GgufTensor : StoredTensor
{
    internal GgufTensor(MappedFile file, NativeCopies? copies, long offset, string name, DType type, long[] shape)
        : base(file, copies, offset, name, type, shape)
    {
    }
}
