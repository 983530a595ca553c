using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Moves elements from one layout to another, the innermost axis in one loop or in one piece; where elements that are neighbours
/// in the source become apart, matrices of double words are turned.
/// </summary>
internal sealed unsafe class StridedCopyKernel : PortableKernel
{
    private readonly int _axes;
    private readonly int _elementBytes;

    public StridedCopyKernel(StridedCopy copy)
    {
        (_axes, _elementBytes) = (copy.Axes, copy.ElementBytes);
        if (_axes is < 1 or > StridedCopy.MostAxes) throw new NotSupportedException($"cannot copy {_axes} axes");
        if (_elementBytes is not (1 or 2 or 4 or 8)) throw new NotSupportedException($"no elements of {_elementBytes} bytes");
    }

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        switch (_elementBytes)
        {
            case 1: Run<byte>(arguments, from, to); break;
            case 2: Run<ushort>(arguments, from, to); break;
            case 4: Run<uint>(arguments, from, to); break;
            default: Run<ulong>(arguments, from, to); break;
        }
    }

    private void Run<T>(long* arguments, long from, long to) where T : unmanaged
    {
        var axes = (Axis*)(arguments + 2);
        if (sizeof(T) == sizeof(uint) && Neighbours(axes) is >= 0 and var turned)
        {
            var moved = (uint*)arguments[0] + from * axes->Source;
            Turn(moved, (uint*)arguments[1] + from * axes->Target, axes, 0, to - from, turned);
            return;
        }

        var source = (T*)arguments[0] + from * axes->Source;
        var target = (T*)arguments[1] + from * axes->Target;
        Copy(source, target, axes, to - from, _axes);
    }

    // The axis whose elements are neighbours in the source, where it is not the last; -1 where it is, or none is.
    private int Neighbours(Axis* axes)
    {
        if (_axes == 1 || axes[_axes - 1].Source <= 1 || axes[_axes - 1].Target != 1) return -1;
        for (var axis = 0; axis < _axes - 1; axis++)
        {
            if (axes[axis].Source == 1) return axis;
        }

        return -1;
    }

    // All axes but two in loops; these two are a matrix.
    private void Turn(uint* source, uint* target, Axis* axes, int axis, long first, int turned)
    {
        var last = _axes - 1;
        if (axis == last)
        {
            var rows = turned == 0 ? first : axes[turned].Size;
            Turning.Run(source, axes[last].Source, target, axes[turned].Target, axes[last].Size, rows);
            return;
        }

        if (axis == turned)
        {
            Turn(source, target, axes, axis + 1, first, turned);
            return;
        }

        var size = axis == 0 ? first : axes[axis].Size;
        for (long i = 0; i < size; i++)
        {
            Turn(source + i * axes[axis].Source, target + i * axes[axis].Target, axes, axis + 1, first, turned);
        }
    }

    private static void Copy<T>(T* source, T* target, Axis* axis, long size, int axes) where T : unmanaged
    {
        var (sourceStride, targetStride) = (axis->Source, axis->Target);
        if (axes > 1)
        {
            for (long i = 0; i < size; i++)
            {
                Copy(source + i * sourceStride, target + i * targetStride, axis + 1, axis[1].Size, axes - 1);
            }
        }
        else if (sourceStride == 1 && targetStride == 1)
        {
            Buffer.MemoryCopy(source, target, size * sizeof(T), size * sizeof(T));
        }
        else
        {
            for (long i = 0; i < size; i++) target[i * targetStride] = source[i * sourceStride];
        }
    }

    // As the arguments give it.
    private readonly struct Axis(long size, long source, long target)
    {
        public readonly long Size = size;
        public readonly long Source = source;
        public readonly long Target = target;
    }
}
