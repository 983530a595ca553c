namespace Ashlar.Models.Gguf;

/// <summary>The type of a metadata value; the numbers are those of the file.</summary>
public enum GgufValueType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 0,
    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,
    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 2,
    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 3,
    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 4,
    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 5,
    /// <summary>IEEE binary32.</summary>
    Float32 = 6,
    /// <summary>One byte, 0 or 1.</summary>
    Bool = 7,
    /// <summary>Bytes that ought to be UTF-8.</summary>
    String = 8,
    /// <summary>Values of one type, which may itself be an array.</summary>
    Array = 9,
    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 10,
    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 11,
    /// <summary>IEEE binary64.</summary>
    Float64 = 12,
}

/// <summary>Widths and kinds of the metadata types.</summary>
internal static class GgufValueTypes
{
    extension(GgufValueType type)
    {
        /// <summary>Bytes of a value; 0 for strings and arrays, whose length the file gives.</summary>
        public int Width => type switch
        {
            GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
            GgufValueType.UInt16 or GgufValueType.Int16 => 2,
            GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
            GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
            _ => 0,
        };

        /// <summary>
        /// The fewest bytes that one element of an array can take: a string's length, an array's type and count.
        /// </summary>
        public int LeastBytes => type switch
        {
            GgufValueType.String => 8,
            GgufValueType.Array => 12,
            _ => type.Width,
        };
    }
}
