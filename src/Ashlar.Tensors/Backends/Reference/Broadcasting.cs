namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Walks an output row by row (a row is its last axis) and tells where the same row starts in operands that broadcast to it.
/// </summary>
internal ref struct Broadcasting
{
    private readonly ReadOnlySpan<long> _sizes;
    private readonly long[] _index;
    private readonly long[][] _strides; // (operands, axes of the output): elements between neighbours, 0 where stretched
    private readonly long[] _offsets;
    private long _row;

    public Broadcasting(TensorData output, params ReadOnlySpan<TensorData> operands)
    {
        _sizes = output.Sizes;
        _index = new long[_sizes.Length];
        _offsets = new long[operands.Length];
        _strides = new long[operands.Length][];
        for (var i = 0; i < operands.Length; i++) _strides[i] = Strides(operands[i].Sizes, _sizes);
        Length = _sizes.Length == 0 ? 1 : _sizes[^1];
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
    public readonly int Step(int operand) => _sizes.Length == 0 ? 0 : (int)_strides[operand][^1];

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Next()
    {
        if (++_row >= Rows) return false;
        if (_row == 0) return true;
        for (var axis = _sizes.Length - 2; axis >= 0; axis--)
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

    /// <summary>Elements between neighbours of each output axis in an operand: 0 where the operand's axis is absent or of size 1.</summary>
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
}
