using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Pages;

/// <summary>Counts what the server sends to a page over its circuit.</summary>
internal sealed class RenderBatches
{
    private int batches;
    private int bytes;

    private RenderBatches() { }

    public int Batches => Volatile.Read(ref batches);

    public int Bytes => Volatile.Read(ref bytes);

    /// <summary>From before the page is opened on.</summary>
    public static RenderBatches Of(IPage page)
    {
        var counted = new RenderBatches();
        page.WebSocket += (_, socket) =>
        {
            if (socket.Url.Contains("/_blazor", StringComparison.Ordinal))
                socket.FrameReceived += (_, frame) => counted.Add(frame);
        };
        return counted;
    }

    private void Add(IWebSocketFrame frame)
    {
        var payload = frame.Binary ?? (frame.Text is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : []);
        Interlocked.Add(ref bytes, payload.Length);
        var rest = payload.AsSpan();
        for (var at = rest.IndexOf("JS.RenderBatch"u8); at >= 0; at = rest.IndexOf("JS.RenderBatch"u8))
        {
            Interlocked.Increment(ref batches);
            rest = rest[(at + 1)..];
        }
    }
}
