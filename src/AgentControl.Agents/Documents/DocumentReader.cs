using System.Globalization;
using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>Decides whether a file is a text that can be analysed, and decodes it.</summary>
public static class DocumentReader
{
    /// <summary>The largest document, in bytes, that is read.</summary>
    public const int LargestBytes = 1024 * 1024;

    /// <summary>More control characters than this share of a text make it binary.</summary>
    private const double MostControls = 0.01;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads a file's bytes.</summary>
    public static DocumentReading Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var content = bytes.Span;
        if (content.IsEmpty)
        {
            return DocumentReading.Unreadable("empty: the file has no content");
        }

        if (content.Length > LargestBytes)
        {
            return TooLarge(content.Length);
        }

        if (FileSignature.Describe(content) is { } format)
        {
            return DocumentReading.Unreadable($"binary: {format}");
        }

        var text = Decode(content);
        return text is null
            ? DocumentReading.Unreadable(
                "binary: the file is no text in UTF-8, UTF-16 or Windows-1252; save it as plain text"
            )
            : Judge(name, text, DocumentText.Hash(content));
    }

    /// <summary>Reads a document that was given as text.</summary>
    public static DocumentReading Read(string name, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        return size > LargestBytes ? TooLarge(size) : Judge(name, text, DocumentText.From(name, text).Sha256);
    }

    private static DocumentReading Judge(string name, string text, string sha256)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return DocumentReading.Unreadable("empty: the document has no text");
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return DocumentReading.Unreadable("binary: the file contains NUL bytes; save it as plain text");
        }

        var controls = text.Count(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\f'));
        return controls > Math.Max(2, text.Length * MostControls)
            ? DocumentReading.Unreadable("binary: the file contains too many control characters; save it as plain text")
            : new DocumentReading(new DocumentText(name, text, sha256), null);
    }

    private static string? Decode(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }
        else if (content.Length >= 2 && content.Length % 2 == 0 && content[0] == 0xFF && content[1] == 0xFE)
        {
            return Encoding.Unicode.GetString(content[2..]);
        }
        else if (content.Length >= 2 && content.Length % 2 == 0 && content[0] == 0xFE && content[1] == 0xFF)
        {
            return Encoding.BigEndianUnicode.GetString(content[2..]);
        }

        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return Windows1252.Decode(content);
        }
    }

    /// <summary>The answer for a document that is not even read.</summary>
    internal static DocumentReading TooLarge(long bytes) =>
        DocumentReading.Unreadable(
            string.Create(
                CultureInfo.InvariantCulture,
                $"too large: {bytes / 1048576.0:0.0} MB; documents of up to 1 MB are read, so split it"
            )
        );
}
