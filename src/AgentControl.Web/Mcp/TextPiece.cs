using System.Text;

namespace AgentControl.Web.Mcp;

/// <summary>A stretch of bytes that fits into an answer: text where it is UTF-8, Base64 otherwise.</summary>
/// <param name="NextOffset">Where the next piece begins; null at the end.</param>
internal sealed record TextPiece(string? Text, string? Base64, long Offset, long? NextOffset)
{
    /// <summary>Bytes of one piece where the caller does not say it.</summary>
    public const int Usual = 32_768;

    public const int Most = 65_536;
    private static readonly UTF8Encoding _strict = new(false, true);

    /// <param name="bytes">What stands at <paramref name="offset"/>.</param>
    /// <param name="total">Bytes of the whole.</param>
    public static TextPiece Of(ReadOnlySpan<byte> bytes, long offset, long total)
    {
        var whole = offset + bytes.Length < total ? WholeCharacters(bytes) : bytes;
        string? text = null;
        try
        {
            // Less than one character is told as bytes, so that whoever reads comes on.
            if (!whole.Contains((byte)0) && (whole.Length > 0 || bytes.Length == 0))
                text = _strict.GetString(whole);
        }
        catch (DecoderFallbackException)
        {
            // Not text: told as it is.
        }
        var taken = text is null ? bytes.Length : whole.Length;
        var end = offset + taken;
        return new(text, text is null ? Convert.ToBase64String(bytes) : null, offset, end < total ? end : null);
    }

    /// <summary>A piece of a stream that stands at its beginning.</summary>
    public static async Task<TextPiece> ReadAsync(
        Stream content,
        long total,
        long offset,
        int length,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[Math.Min(length, Math.Max(0, total - offset))];
        if (buffer.Length == 0)
            return new("", null, offset, null);
        if (content.CanSeek)
            content.Position = offset;
        else
            await SkipAsync(content, offset, cancellationToken);
        var read = await content.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken);
        return Of(buffer.AsSpan(0, read), offset, total);
    }

    private static async Task SkipAsync(Stream content, long bytes, CancellationToken cancellationToken)
    {
        var chunk = new byte[16 * 1024];
        while (bytes > 0)
        {
            var read = await content.ReadAsync(
                chunk.AsMemory(0, (int)Math.Min(chunk.Length, bytes)),
                cancellationToken
            );
            if (read == 0)
                return;
            bytes -= read;
        }
    }

    /// <summary>Without a last character that goes on in the next piece.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> text)
    {
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
            return needs > back ? text[..^back] : text;
        }
        return text;
    }
}
