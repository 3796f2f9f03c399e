namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>Stands between a provider's client and the network, and lets the call's <see cref="WireRecord"/> hear.</summary>
internal sealed class WireHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly AsyncLocal<WireRecord?> _current = new();

    /// <summary>What the call of this flow of control hears into.</summary>
    public static WireRecord? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var record = Current;
        var response = await base.SendAsync(request, cancellationToken);
        if (record is null)
            return response;
        await record.HearAsync(response, cancellationToken);
        if (response.IsSuccessStatusCode)
            response.Content = await HeardAsync(response.Content, record, cancellationToken);
        return response;
    }

    private static async Task<HttpContent> HeardAsync(
        HttpContent content,
        WireRecord record,
        CancellationToken cancellationToken
    )
    {
        var lines = new SseLines(record.Hear);
        var stream = await content.ReadAsStreamAsync(cancellationToken);
        var heard = new StreamContent(new WireStream(stream, content, lines.Feed));
        foreach (var (name, values) in content.Headers)
            heard.Headers.TryAddWithoutValidation(name, values);
        return heard;
    }
}
