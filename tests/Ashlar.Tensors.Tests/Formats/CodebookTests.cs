using System.Numerics;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class CodebookTests
{
    public static TheoryData<string, int, int> Codebooks => new()
    {
        { nameof(Codebook.Iq1), 2048, 8 },
        { nameof(Codebook.Iq2Xxs), 256, 8 },
        { nameof(Codebook.Iq2Xs), 512, 8 },
        { nameof(Codebook.Iq2S), 1024, 8 },
        { nameof(Codebook.Iq3Xxs), 256, 4 },
        { nameof(Codebook.Iq3S), 512, 4 },
    };

    [Theory]
    [MemberData(nameof(Codebooks))]
    public void A_codebook_has_its_rows_in_ascending_order_and_none_twice(string name, int rows, int cells)
    {
        var codebook = Named(name);
        Assert.Equal(rows, codebook.Rows);

        for (var row = 0; row < rows; row++)
        {
            Assert.Equal(cells, codebook[row].Length);
            if (row > 0) Assert.True(Compare(codebook[row - 1], codebook[row]) < 0, $"row {row} does not follow row {row - 1}");
        }
    }

    // Magnitudes 8, 25 and 43 stand for 1, 3 and 5 (times 8, nearly): points of the E8 lattice, of which an even number of
    // coordinates are 3. A single wrong digit in a table breaks that or the order.
    [Theory]
    [InlineData(nameof(Codebook.Iq2Xxs))]
    [InlineData(nameof(Codebook.Iq2Xs))]
    [InlineData(nameof(Codebook.Iq2S))]
    public void A_row_of_an_IQ2_codebook_has_an_even_number_of_middle_magnitudes(string name)
    {
        var codebook = Named(name);
        for (var row = 0; row < codebook.Rows; row++) Assert.True(codebook[row].Count((sbyte)25) % 2 == 0, $"row {row}");
    }

    [Fact]
    public void Seven_signs_are_made_eight_with_an_even_number_set()
    {
        for (var seven = 0u; seven < 128; seven++)
        {
            var eight = Codebook.EvenSigns(seven);

            Assert.Equal(seven, (uint)eight & 0x7F);
            Assert.InRange(eight, 0, 255);
            Assert.Equal(0, BitOperations.PopCount((uint)eight) % 2);
            Assert.Equal(eight, Codebook.EvenSigns(seven | 0xFFFFFF80)); // bits of the neighbours do not matter
        }
    }

    private static Codebook Named(string name) =>
        (Codebook)typeof(Codebook).GetProperty(name)!.GetValue(null)!;

    // The last cell is the most significant.
    private static int Compare(ReadOnlySpan<sbyte> first, ReadOnlySpan<sbyte> second)
    {
        for (var i = first.Length - 1; i >= 0; i--)
        {
            if (first[i] != second[i]) return first[i].CompareTo(second[i]);
        }

        return 0;
    }
}
