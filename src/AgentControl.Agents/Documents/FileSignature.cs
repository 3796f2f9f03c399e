namespace AgentControl.Agents.Documents;

/// <summary>Knows common files that are no text by their first bytes, so that the reason can name the remedy.</summary>
internal static class FileSignature
{
    public static string? Describe(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("%PDF-"u8))
        {
            return "a PDF file; save its text as .txt";
        }

        if (content.StartsWith("PK\u0003\u0004"u8))
        {
            return
                content[..Math.Min(content.Length, 4096)].IndexOf("word/"u8) >= 0
                || content[..Math.Min(content.Length, 4096)].IndexOf("[Content_Types]"u8) >= 0
                ? "a Word document (DOCX); save it as plain text"
                : "a ZIP archive; unpack it first";
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
        {
            return "an old Word document (DOC); save it as plain text";
        }

        if (content.StartsWith("{\\rtf"u8))
        {
            return "a rich text file (RTF); save it as plain text";
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return "a gzip archive; unpack it first";
        }

        var isImage =
            content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])
            || content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || content.StartsWith("GIF8"u8);
        return isImage ? "an image; recognise its text first" : null;
    }
}
