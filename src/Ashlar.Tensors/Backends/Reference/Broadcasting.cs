namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Walks an output row by row and tells where the same row starts in operands that broadcast to it. A row is as long as every
/// operand allows: axes along which all of them lie in order, or are stretched, are walked as one.
/// </summary>
internal ref struct Broadcasting
{
    private readonly long[] _sizes;
    private readonly long[] _index;
    private readonly long[][] _strides; // (operands, axes that are walked): elements between neighbours, 0 where stretched
    private readonly long[] _offsets;
    private long _row;

    public Broadcasting(TensorData output, params ReadOnlySpan<TensorData> operands)
    {
        _sizes = output.Sizes.Length == 0 ? [1] : output.Sizes.ToArray();
        _strides = new long[operands.Length][];
        for (var i = 0; i < operands.Length; i++) _strides[i] = Strides(operands[i].Sizes, _sizes);
        var last = Merge(_sizes, _strides);
        _index = new long[last];
        _offsets = new long[operands.Length];
        Length = _sizes[last];
        Rows = Length == 0 ? 0 : output.Elements / Length;
        _row = -1;
    }

    /// <summary>Elements in a row.</summary>
    public readonly long Length { get; }

    /// <summary>Rows in the output.</summary>
    public readonly long Rows { get; }

    /// <summary>Where the current row starts in the output.</summary>
    public readonly long Start => _row * Length;

    /// <summary>Where the current row starts in an operand.</summary>
    public readonly long Offset(int operand) => _offsets[operand];

    /// <summary>How far apart the elements of a row are in an operand: 1, or 0 where it is stretched along the row.</summary>
    public readonly long Step(int operand) => _strides[operand][_index.Length];

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Next()
    {
        if (++_row >= Rows) return false;
        if (_row == 0) return true;
        for (var axis = _index.Length - 1; axis >= 0; axis--)
        {
            var wraps = ++_index[axis] == _sizes[axis];
            for (var i = 0; i < _offsets.Length; i++)
            {
                _offsets[i] += wraps ? -_strides[i][axis] * (_sizes[axis] - 1) : _strides[i][axis];
            }

            if (!wraps) break;
            _index[axis] = 0;
        }

        return true;
    }

    /// <summary>
    /// Elements between neighbours of each output axis in an operand: 0 where the operand's axis is absent or of size 1.
    /// </summary>
    public static long[] Strides(ReadOnlySpan<long> operand, ReadOnlySpan<long> output)
    {
        var strides = new long[output.Length];
        long stride = 1;
        for (var axis = operand.Length - 1; axis >= 0; axis--)
        {
            strides[axis + output.Length - operand.Length] = operand[axis] == 1 ? 0 : stride;
            stride *= operand[axis];
        }

        return strides;
    }

    // Puts what can be walked as one axis into one, in place, and drops axes of size 1; returns which axis is now the last.
    private static int Merge(long[] sizes, long[][] strides)
    {
        var last = 0;
        for (var axis = 1; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1) continue;
            var joins = sizes[last] == 1 || Array.TrueForAll(strides, stride => stride[last] == stride[axis] * sizes[axis]);
            var size = joins ? sizes[last] * sizes[axis] : sizes[axis];
            if (!joins) last++;
            sizes[last] = size;
            foreach (var stride in strides) stride[last] = stride[axis];
        }

        return last;
    }
}
