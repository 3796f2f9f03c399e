using System.Buffers;
using System.Text;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>Puts server-sent events together from the bytes that pass by.</summary>
internal sealed class SseLines(Action<string, ReadOnlyMemory<byte>> hear)
{
    private readonly ArrayBufferWriter<byte> line = new(1024);
    private readonly ArrayBufferWriter<byte> data = new(1024);
    private string name = "message";
    private bool hasData;
    private bool afterReturn;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // A line ends with CR, LF or both.
            if (afterReturn && bytes[0] == '\n')
                bytes = bytes[1..];
            afterReturn = false;
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                line.Write(bytes);
                return;
            }
            line.Write(bytes[..end]);
            afterReturn = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
            Take(line.WrittenSpan);
            line.ResetWrittenCount();
        }
    }

    private void Take(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            if (hasData)
                hear(name, data.WrittenMemory);
            data.ResetWrittenCount();
            (name, hasData) = ("message", false);
            return;
        }
        var colon = text.IndexOf((byte)':');
        var field = colon < 0 ? text : text[..colon];
        var value = colon < 0 ? default : text[(colon + 1)..];
        if (!value.IsEmpty && value[0] == ' ')
            value = value[1..];
        if (field.SequenceEqual("event"u8))
        {
            name = Encoding.UTF8.GetString(value);
        }
        else if (field.SequenceEqual("data"u8))
        {
            if (hasData)
                data.Write("\n"u8);
            data.Write(value);
            hasData = true;
        }
    }
}
