using System.Text;

namespace AgentControl.Web.Workspaces;

/// <summary>The text in some bytes: UTF-8 with or without its mark, UTF-16 with it, else Western letters; null for what is no text.</summary>
internal static class PreviewText
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static string? Decode(ReadOnlySpan<byte> bytes, bool cut)
    {
        if (bytes.StartsWith(Encoding.Unicode.Preamble))
            return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        if (bytes.Contains((byte)0))
            return null;
        var text = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
        try
        {
            return Strict.GetString(cut ? WholeCharacters(text) : text);
        }
        catch (DecoderFallbackException)
        {
            var odd = 0;
            foreach (var one in text)
                odd += one is < 32 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 12 or 27) ? 1 : 0;
            return odd * 100 > text.Length ? null : Encoding.Latin1.GetString(text);
        }
    }

    // A text that was cut may end in the middle of a character.
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        for (var back = 1; back <= 4 && back <= text.Length; back++)
        {
            var one = text[^back];
            if ((one & 0xC0) == 0x80)
                continue;
            var needs =
                one >= 0xF0 ? 4
                : one >= 0xE0 ? 3
                : one >= 0xC0 ? 2
                : 1;
            end = needs > back ? text.Length - back : text.Length;
            break;
        }
        return text[..end];
    }
}
