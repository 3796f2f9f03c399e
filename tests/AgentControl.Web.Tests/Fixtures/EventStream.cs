using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace AgentControl.Web.Tests.Fixtures;

/// <summary>A reader of a job's live tail.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> items;

    private EventStream(HttpResponseMessage response, Stream body, CancellationToken stop)
    {
        this.response = response;
        items = SseParser.Create(body).EnumerateAsync(stop).GetAsyncEnumerator(stop);
    }

    public static async Task<EventStream> OpenAsync(
        HttpClient client,
        string job,
        long lastEventId,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"jobs/{job}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId > 0)
            request.Headers.Add("Last-Event-ID", lastEventId.ToString(CultureInfo.InvariantCulture));
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        response.EnsureSuccessStatusCode();
        return new(response, await response.Content.ReadAsStreamAsync(stop), stop);
    }

    /// <summary>The next event.</summary>
    public async Task<JsonElement> NextAsync(CancellationToken stop)
    {
        Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(stop), "The stream ended.");
        var one = JsonElement.Parse(items.Current.Data);
        Assert.Equal(one.GetProperty("no").GetInt64().ToString(CultureInfo.InvariantCulture), items.Current.EventId);
        return one;
    }

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        try
        {
            await items.DisposeAsync();
        }
        catch (Exception problem)
            when (problem
                    is IOException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or NotSupportedException
            )
        {
            // The reader left in the middle of the stream.
        }
    }
}

internal static class JsonReading
{
    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static IEnumerable<JsonElement> Items(this JsonElement page) => page.GetProperty("items").EnumerateArray();
}
