using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>What <c>joiner()</c> gives: nothing at its first call, the separator at every later one.</summary>
internal sealed class JoinerValue(Value separator) : CallableValue("joiner")
{
    private bool _wasCalled;

    public override string TypeName => "Joiner";

    public override Value Call(Arguments arguments, Budget budget)
    {
        if (_wasCalled) return separator;
        _wasCalled = true;
        return StringValue.Empty;
    }
}
