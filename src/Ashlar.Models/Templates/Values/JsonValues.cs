using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ashlar.Models.Templates.Values;

/// <summary>Variables from JSON: order kept, integers and floats told apart, the last of equal keys winning.</summary>
internal static class JsonValues
{
    /// <summary>The length of the JSON text, in bytes.</summary>
    public static int Size(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).Length;

    public static Value From(JsonElement element, Budget budget)
    {
        try
        {
            return Read(element, budget);
        }
        catch (InvalidOperationException)
        {
            throw budget.Error("a variable holds half of a surrogate pair, which is no text; send valid Unicode");
        }
    }

    private static Value Read(JsonElement element, Budget budget)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                budget.Enter();
                var dict = new DictValue(budget);
                foreach (var property in element.EnumerateObject())
                {
                    dict.Set(new StringValue(property.Name), Read(property.Value, budget));
                }

                budget.Leave();
                return dict;
            case JsonValueKind.Array:
                budget.Enter();
                budget.AllocateElements(element.GetArrayLength());
                var list = new List<Value>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray()) list.Add(Read(item, budget));
                budget.Leave();
                return new ListValue(list);
            case JsonValueKind.String:
                return new StringValue(element.GetString()!);
            case JsonValueKind.Number:
                return Number(element.GetRawText(), budget);
            case JsonValueKind.True:
                return BoolValue.True;
            case JsonValueKind.False:
                return BoolValue.False;
            default:
                return NoneValue.Instance;
        }
    }

    private static Value Number(string text, Budget budget)
    {
        if (text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        budget.EnsureInteger((long)(text.Length * 3.3219281));
        return IntValue.Of(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
