using System.Runtime.CompilerServices;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates;

/// <summary>What one rendering has spent of its limits, and where in the source it stands.</summary>
internal sealed class Budget(TemplateLimits limits, long inputCharacters)
{
    /// <summary>One step pays for this many characters searched, compared or copied.</summary>
    private const int CharactersPerStep = 32;

    private readonly long _bytesAllowed = limits.ValueBytes + inputCharacters * limits.ValueBytesPerInputCharacter;
    private readonly int _integerBits = (int)(limits.IntegerDigits * 3.3219281) + 1;
    private long _steps;
    private long _bytes;
    private int _depth;

    /// <summary>The construct being evaluated; errors carry it.</summary>
    public Position At { get; set; }

    public TemplateLimits Limits => limits;

    public void Step(long count = 1)
    {
        _steps += count;
        if ((ulong)_steps > (ulong)limits.Steps) throw Exceeded($"it takes more than {limits.Steps} steps");
    }

    /// <summary>Pays for looking at that many characters.</summary>
    public void Scan(long characters) => Step(1 + characters / CharactersPerStep);

    /// <summary>Pays for a value of that many bytes, before it is made.</summary>
    public void Allocate(long bytes)
    {
        _bytes += bytes;
        if ((ulong)_bytes > (ulong)_bytesAllowed) throw Exceeded($"its values take more than {_bytesAllowed} bytes");
    }

    /// <summary>Pays for a text of that many characters, before it is made.</summary>
    public void AllocateText(long characters)
    {
        Scan(characters);
        Allocate(32 + 2 * characters);
    }

    /// <summary>Pays for a sequence of that many elements, before it is made.</summary>
    public void AllocateElements(long count)
    {
        Step(count);
        Allocate(48 + 48 * count);
    }

    /// <summary>Begins a call, or the visit of a nested value; <see cref="Leave"/> ends it.</summary>
    public void Enter()
    {
        Step();
        if (++_depth > limits.Depth) throw Exceeded($"calls or values are nested more than {limits.Depth} deep");
        EnsureStack();
    }

    public void Leave() => _depth--;

    /// <summary>Chains of operators nest the tree without nesting the source; the machine's stack is the last bound.</summary>
    public void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Exceeded("expressions are nested too deep for the stack");
    }

    /// <summary>Refuses an integer of that many bits where it is over the limit, before it is computed.</summary>
    public void EnsureInteger(long bits)
    {
        if (bits > _integerBits) throw Exceeded($"an integer has more than {limits.IntegerDigits} digits");
    }

    /// <summary>Pays for arithmetic on integers of that many bits, which takes time in the product of their lengths.</summary>
    public void Compute(long leftBits, long rightBits)
    {
        if (leftBits <= 64 && rightBits <= 64) return;
        Step(1 + leftBits * rightBits / 16_384);
        Allocate((leftBits + rightBits) / 8);
    }

    public TemplateException Error(string reason) => new(TemplateErrorKind.Runtime, reason, At);

    /// <summary>An error about a value; where it is undefined, that is the reason.</summary>
    public TemplateException Error(Value value, string reason) =>
        Error(value is UndefinedValue undefined ? undefined.Message : reason);

    /// <summary>An error about two values; where one is undefined, that is the reason.</summary>
    public TemplateException Error(Value left, Value right, string reason) =>
        Error(left is UndefinedValue ? left : right, reason);

    /// <exception cref="TemplateException">The value is undefined.</exception>
    public void EnsureDefined(Value value)
    {
        if (value is UndefinedValue undefined) throw Error(undefined.Message);
    }

    public TemplateException Exceeded(string what) => new(TemplateErrorKind.Limit, $"the template was stopped: {what}", At);
}
