using System.Text;
using AgentControl.Web.Mcp;

namespace AgentControl.Web.Tests.Mcp;

public sealed class TextPieceTests
{
    [Theory]
    [InlineData("plain text")]
    [InlineData("ä€𝄞 all widths 𝄞€ä")]
    [InlineData("")]
    public async Task ReadAsync_PiecesOfAnyLength_GiveTheWhole(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var length = 4; length <= bytes.Length + 1; length++)
        {
            var read = "";
            for (long? offset = 0; offset is { } from; )
            {
                using var content = new MemoryStream(bytes);
                var piece = await TextPiece.ReadAsync(
                    content,
                    bytes.Length,
                    from,
                    length,
                    TestContext.Current.CancellationToken
                );
                Assert.Null(piece.Base64);
                read += piece.Text;
                offset = piece.NextOffset;
            }
            Assert.Equal(text, read);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 2 })]
    [InlineData(new byte[] { 0xFF, 0xFE, 0xFD })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Of_BytesThatAreNoText_AreBase64(byte[] bytes)
    {
        var piece = TextPiece.Of(bytes, 0, bytes.Length);

        Assert.Null(piece.Text);
        Assert.Equal(Convert.ToBase64String(bytes), piece.Base64);
        Assert.Null(piece.NextOffset);
    }

    [Fact]
    public void Of_BytesWithoutACharactersEnd_GoOn()
    {
        var piece = TextPiece.Of([0xE2, 0x82], 0, 3);

        // Not even one character fits: told as bytes, so that a reader comes on.
        Assert.Equal(2, piece.NextOffset);
        Assert.NotNull(piece.Base64);
    }
}
