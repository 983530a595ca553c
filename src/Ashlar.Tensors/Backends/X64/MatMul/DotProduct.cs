using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;
using Iced.Intel;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Sums of products of four unsigned codes with four signed activations in every lane, exact in 32 bits, by what an instruction
/// set has for it.
/// </summary>
internal sealed class DotProduct
{
    private readonly QuantizedVectors _vectors;
    private readonly Form _form;

    public DotProduct(QuantizedVectors vectors, PackedFormat format)
    {
        _vectors = vectors;
        var vectorsOfGroup = format.GroupElements / 4;
        var perVector = 2 * QuantizedRows.LargestCode * format.LargestCode;
        _form = vectors.Set switch
        {
            >= InstructionSet.Avx512Vnni => Form.Broadcast,
            InstructionSet.Avx2Vnni => Form.Bytes,
            _ when perVector * vectorsOfGroup <= short.MaxValue => Form.Words,
            _ when perVector * 4 <= short.MaxValue => Form.HalvesInWords,
            _ when perVector <= short.MaxValue => Form.Pairs,
            InstructionSet.Avx512 => Form.EvenOdd,
            _ => Form.Signed,
        };
    }

    private enum Form
    {
        /// <summary>One instruction, the activations repeated from memory.</summary>
        Broadcast,
        /// <summary>One instruction.</summary>
        Bytes,
        /// <summary>Sums in words, widened at the end of the group: codes that are small enough.</summary>
        Words,
        /// <summary>The same for each half of a group of 32, as the whole might not fit words.</summary>
        HalvesInWords,
        /// <summary>Pairs in words, widened at once.</summary>
        Pairs,
        /// <summary>Codes of 8 bits, even and odd ones on their own, as a pair might not fit a word.</summary>
        EvenOdd,
        /// <summary>Codes of 8 bits less 128: magnitudes, with the sign taken to the activations.</summary>
        Signed,
    }

    /// <summary>Registers that a vector of codes takes.</summary>
    public int WeightRegisters => _form is Form.EvenOdd or Form.Signed ? 2 : 1;

    /// <summary>Whether the two halves of a group are summed on their own, and widened before they meet.</summary>
    public bool IsInHalves => _form == Form.HalvesInWords;

    /// <summary>Whether sums are in words, and end with the rows' bias and do not begin with it.</summary>
    public bool EndsWithBias => _form is Form.Words or Form.HalvesInWords;

    /// <summary>Whether sums begin from zero whatever the bias.</summary>
    public bool IsWithoutBias => _form == Form.Signed;

    /// <summary>Whether the activations must be brought to a register.</summary>
    public bool TakesActivations => _form != Form.Broadcast;

    /// <summary>Brings codes that were just read to the form that sums take.</summary>
    public void Prepare(int weights, int second)
    {
        if (_form == Form.EvenOdd)
        {
            _vectors.And(second, weights, _vectors.Repeated(0xFF00FF00));
            _vectors.And(weights, weights, _vectors.Repeated(0x00FF00FF));
        }
        else if (_form == Form.Signed)
        {
            _vectors.Xor(weights, weights, _vectors.Repeated(0x80808080));
            _vectors.Magnitude(second, weights);
        }
    }

    /// <summary>Adds the products of a vector.</summary>
    /// <param name="sum">The sums.</param>
    /// <param name="weights">The codes; with those after it, <see cref="WeightRegisters"/>.</param>
    /// <param name="second">The second register of the codes.</param>
    /// <param name="activations">Where the activations were brought.</param>
    /// <param name="temporary">A free register.</param>
    /// <param name="memory">Where the activations lie.</param>
    /// <param name="isFirst">Whether it is the first vector that the sums take.</param>
    public void Add(
        int sum, int weights, int second, int activations, int temporary, AssemblerMemoryOperand memory, bool isFirst)
    {
        switch (_form)
        {
            case Form.Broadcast:
                _vectors.DotBroadcast(sum, weights, memory);
                break;
            case Form.Bytes:
                _vectors.Dot(sum, weights, activations);
                break;
            case Form.Words or Form.HalvesInWords when isFirst:
                _vectors.DotWords(sum, weights, activations);
                break;
            case Form.Words or Form.HalvesInWords:
                _vectors.DotWords(temporary, weights, activations);
                _vectors.AddWords(sum, sum, temporary);
                break;
            case Form.Pairs:
                AddPairs(sum, weights, activations, temporary);
                break;
            case Form.EvenOdd:
                AddPairs(sum, weights, activations, temporary);
                AddPairs(sum, second, activations, temporary);
                break;
            case Form.Signed:
                _vectors.Sign(temporary, activations, weights);
                AddPairs(sum, second, temporary, temporary);
                break;
        }
    }

    /// <summary>Brings sums in words to 32 bits.</summary>
    public void Widen(int to, int sum) => _vectors.DotPairs(to, sum, _vectors.Repeated(0x00010001));

    private void AddPairs(int sum, int weights, int activations, int temporary)
    {
        _vectors.DotWords(temporary, weights, activations);
        _vectors.DotPairs(temporary, temporary, _vectors.Repeated(0x00010001));
        _vectors.AddIntegers(sum, sum, temporary);
    }
}
