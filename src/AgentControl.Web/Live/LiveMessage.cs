using System.Buffers;
using System.Text.Json;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace AgentControl.Web.Live;

/// <summary>Bytes on their way to any number of clients, made once: one or many calls of the JSON hub protocol, one behind the other.</summary>
internal sealed class LiveMessage(ReadOnlyMemory<byte> frames) : HubMessage
{
    private const byte RecordSeparator = 0x1e;

    /// <summary>Tells a client that was too slow to read the log from the last number it has.</summary>
    public static readonly LiveMessage ReadAgain = Of(
        "readAgain",
        new { Reason = "This connection was too slow. Read the log from the last number you have." }
    );

    public int Bytes => frames.Length;

    /// <summary>Writes all of it as one piece: in the pieces of 4 KiB that a pipe makes otherwise, each would be a WebSocket frame and a send of its own.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        frames.Span.CopyTo(output.GetSpan(frames.Length));
        output.Advance(frames.Length);
    }

    public static LiveMessage Of<T>(string target, T argument)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        WriteFrame(buffer, target, argument);
        return new(buffer.WrittenMemory);
    }

    /// <summary>Writes one call: <c>{"type":1,"target":…,"arguments":[…]}</c> and the separator.</summary>
    public static void WriteFrame<T>(ArrayBufferWriter<byte> buffer, string target, T argument)
    {
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("type"u8, 1);
            writer.WriteString("target"u8, target);
            writer.WriteStartArray("arguments"u8);
            JsonSerializer.Serialize(writer, argument, ApiJson.Options);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        buffer.GetSpan(1)[0] = RecordSeparator;
        buffer.Advance(1);
    }
}
