using System.Text;
using AgentControl.Agents.Documents;

namespace AgentControl.Core.Tests.Documents;

public sealed class DocumentReaderTests
{
    [Fact]
    public void Read_Utf8_AnswersTextAndHashOfTheBytes()
    {
        var reading = DocumentReader.Read("a.txt", Encoding.UTF8.GetBytes("Grüße, €5"));
        Assert.Equal("Grüße, €5", reading.Document!.Text);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("Grüße, €5"))),
            reading.Document.Sha256
        );
    }

    [Fact]
    public void Read_ByteOrderMarks_AreNoPartOfTheText()
    {
        Assert.Equal("Lease", Read([.. Encoding.UTF8.Preamble, .. "Lease"u8]).Document!.Text);
        Assert.Equal(
            "Lease",
            Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("Lease")]).Document!.Text
        );
        Assert.Equal(
            "Lease",
            Read([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("Lease")]).Document!.Text
        );
    }

    [Fact]
    public void Read_Windows1252_ReadsQuotesAndAccents()
    {
        byte[] bytes = [.. "The "u8, 0x93, .. "Café"u8[..3], 0xE9, 0x94, .. " is let to the tenant for ten years."u8];
        Assert.Equal("The “Café” is let to the tenant for ten years.", DocumentReader.Read("a", bytes).Document!.Text);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \r\n\t ", "empty")]
    [InlineData("%PDF-1.7 ...", "PDF")]
    [InlineData("PK\u0003\u0004....[Content_Types].xml", "DOCX")]
    [InlineData("PK\u0003\u0004....other", "ZIP")]
    [InlineData("{\\rtf1 x}", "RTF")]
    [InlineData("text with a \0 inside", "NUL")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005 text", "control characters")]
    public void Read_Unreadable_SaysWhy(string content, string word)
    {
        var reading = DocumentReader.Read("a", Encoding.Latin1.GetBytes(content));
        Assert.Null(reading.Document);
        Assert.Contains(word, reading.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RandomBytes_AreBinary()
    {
        var bytes = new byte[4096];
        new Random(7).NextBytes(bytes);
        Assert.StartsWith("binary", DocumentReader.Read("a", bytes).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Size_OneMegabyteIsReadAndAByteMoreIsTooLarge()
    {
        Assert.NotNull(
            DocumentReader.Read("a", Encoding.ASCII.GetBytes(new string('x', DocumentReader.LargestBytes))).Document
        );
        Assert.StartsWith(
            "too large: 1.0 MB",
            DocumentReader.Read("a", Encoding.ASCII.GetBytes(new string('x', DocumentReader.LargestBytes + 1))).Reason,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "too large",
            DocumentReader.Read("a", new string('é', DocumentReader.LargestBytes)).Reason,
            StringComparison.Ordinal
        );
    }

    private static DocumentReading Read(byte[] bytes) => DocumentReader.Read("a", bytes);
}
