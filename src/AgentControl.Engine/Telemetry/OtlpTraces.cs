using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AgentControl.Engine.Telemetry;

/// <summary>
/// Spans as an ExportTraceServiceRequest of OTLP, in protobuf. The SDK's own exporter gives each span a new id; these have theirs
/// already, so they are written here, by the numbers of opentelemetry/proto/trace/v1/trace.proto.
/// </summary>
internal static class OtlpTraces
{
    private const int Internal = 1;
    private const int Client = 3;
    private const int Failed = 2;

    public static byte[] Encode(string service, IReadOnlyList<TraceSpan> spans)
    {
        var scope = new ProtoWriter();
        scope.Message(1, name => name.Text(1, "AgentControl"));
        foreach (var span in spans)
            scope.Message(2, into => Write(into, span));
        var request = new ProtoWriter();
        request.Message(
            1,
            resource =>
            {
                resource.Message(1, r => Attributes(r, 1, [("service.name", service)]));
                resource.Message(2, scope);
            }
        );
        return request.ToArray();
    }

    private static void Write(ProtoWriter into, TraceSpan span)
    {
        into.Bytes(1, span.TraceId);
        into.Bytes(2, span.SpanId);
        if (span.ParentId is { } parent)
            into.Bytes(4, parent);
        into.Text(5, span.Name);
        into.Number(6, span.CallsOut ? Client : Internal);
        into.Fixed64(7, Nanoseconds(span.Start));
        into.Fixed64(8, Nanoseconds(span.End));
        Attributes(into, 9, span.Attributes);
        foreach (var moment in span.Moments)
            into.Message(
                11,
                m =>
                {
                    m.Fixed64(1, Nanoseconds(moment.At));
                    m.Text(2, moment.Name);
                    Attributes(m, 3, moment.Attributes);
                }
            );
        if (span.Error is { } error)
            into.Message(
                15,
                status =>
                {
                    status.Text(2, error);
                    status.Number(3, Failed);
                }
            );
    }

    private static void Attributes(ProtoWriter into, int field, IReadOnlyList<(string Key, object Value)> attributes)
    {
        foreach (var (key, value) in attributes)
            into.Message(
                field,
                pair =>
                {
                    pair.Text(1, key);
                    pair.Message(
                        2,
                        any =>
                        {
                            if (value is string text)
                                any.Text(1, text);
                            else
                                any.Number(
                                    3,
                                    Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
                                );
                        }
                    );
                }
            );
    }

    private static ulong Nanoseconds(DateTimeOffset at) => (ulong)(at - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>The wire format of protobuf, as much as is needed of it.</summary>
    private sealed class ProtoWriter
    {
        private const int Varint = 0;
        private const int Eight = 1;
        private const int Delimited = 2;
        private readonly ArrayBufferWriter<byte> into = new();

        public byte[] ToArray() => into.WrittenSpan.ToArray();

        public void Number(int field, long value)
        {
            Tag(field, Varint);
            Raw((ulong)value);
        }

        public void Fixed64(int field, ulong value)
        {
            Tag(field, Eight);
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            into.Write(bytes);
        }

        public void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

        public void Bytes(int field, ReadOnlySpan<byte> bytes)
        {
            Tag(field, Delimited);
            Raw((ulong)bytes.Length);
            into.Write(bytes);
        }

        public void Message(int field, Action<ProtoWriter> write)
        {
            var message = new ProtoWriter();
            write(message);
            Message(field, message);
        }

        public void Message(int field, ProtoWriter message) => Bytes(field, message.into.WrittenSpan);

        private void Tag(int field, int type) => Raw((ulong)((field << 3) | type));

        private void Raw(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                into.Write([(byte)(value | 0x80)]);
            into.Write([(byte)value]);
        }
    }
}
