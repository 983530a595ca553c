using System.Buffers.Binary;
using System.Text;

namespace Ashlar.Cli.Tests.Running;

/// <summary>A span as a collector receives it: read from protocol buffers by the field numbers of opentelemetry-proto.</summary>
internal sealed record CollectedSpan(
    IReadOnlyDictionary<string, object> Resource, string TraceId, string SpanId, string ParentId, string Name, long Kind,
    IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The spans of an <c>ExportTraceServiceRequest</c>.</summary>
    public static List<CollectedSpan> ReadAll(ReadOnlyMemory<byte> message)
    {
        var spans = new List<CollectedSpan>();
        foreach (var (_, ofResource) in Fields(message).Where(static field => field.Number == 1))
        {
            var parts = Fields((ReadOnlyMemory<byte>)ofResource).ToList();
            var resource = AttributesOf(Fields(Bytes(parts.Single(static part => part.Number == 1).Value)), 1);
            foreach (var (_, scope) in parts.Where(static part => part.Number == 2))
            {
                var own = Fields(Bytes(scope)).Where(static part => part.Number == 2);
                spans.AddRange(own.Select(part => Read(resource, Bytes(part.Value))));
            }
        }

        return spans;
    }

    private static CollectedSpan Read(IReadOnlyDictionary<string, object> resource, ReadOnlyMemory<byte> span)
    {
        var fields = Fields(span).ToList();
        return new(
            resource, Hex(1), Hex(2), Hex(4), Encoding.UTF8.GetString(Bytes(One(5)).Span), One(6) is long kind ? kind : 0,
            AttributesOf(fields, 9));

        object? One(int number) => fields.LastOrDefault(field => field.Number == number).Value;
        string Hex(int number) => One(number) is { } value ? Convert.ToHexStringLower(Bytes(value).Span) : "";
    }

    private static Dictionary<string, object> AttributesOf(IEnumerable<(int Number, object Value)> fields, int number) =>
        fields.Where(field => field.Number == number).Select(static field => Fields(Bytes(field.Value)).ToList()).ToDictionary(
            static pair => Encoding.UTF8.GetString(Bytes(pair[0].Value).Span), static pair => ValueOf(Bytes(pair[1].Value)));

    // A text, a boolean, a whole number, a fraction, or an array of these.
    private static object ValueOf(ReadOnlyMemory<byte> value)
    {
        var (number, field) = Fields(value).Single();
        return number switch
        {
            1 => Encoding.UTF8.GetString(Bytes(field).Span),
            4 => BitConverter.Int64BitsToDouble((long)field),
            5 => string.Join(',', Fields(Bytes(field)).Select(static item => ValueOf(Bytes(item.Value)))),
            _ => field,
        };
    }

    private static ReadOnlyMemory<byte> Bytes(object? value) => (ReadOnlyMemory<byte>)value!;

    private static IEnumerable<(int Number, object Value)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = Varint(ref message);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadInt64LittleEndian(message.Span);
                    message = message[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    value = message[..length];
                    message = message[length..];
                    break;
                default:
                    value = (long)BinaryPrimitives.ReadInt32LittleEndian(message.Span);
                    message = message[4..];
                    break;
            }

            yield return ((int)(tag >> 3), value);
        }
    }

    private static long Varint(ref ReadOnlyMemory<byte> message)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var unit = message.Span[0];
            message = message[1..];
            value |= (long)(unit & 127) << shift;
            if (unit < 128) return value;
        }
    }
}
