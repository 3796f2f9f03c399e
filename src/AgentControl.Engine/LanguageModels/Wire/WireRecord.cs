using System.Text;
using AgentControl.Core.Services;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>
/// What came over the wire in one call. The providers' clients turn it into objects and exceptions of their own, and leave out what decides: headers, unknown
/// stop reasons, whether the last event came.
/// </summary>
internal sealed class WireRecord(WireDialect dialect, TimeProvider time)
{
    private const int MaxErrorBody = 64 * 1024;

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? Status { get; private set; }

    public string? RequestId { get; private set; }

    public bool? ShouldRetry { get; private set; }

    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>The error that the body or an event of the stream told.</summary>
    public WireError? Error { get; set; }

    /// <summary>The provider's word for why it stopped.</summary>
    public string? StopReason { get; set; }

    /// <summary>The model said in words that it will not answer (OpenAI).</summary>
    public StringBuilder? Refusal { get; private set; }

    /// <summary>The stream's last event came.</summary>
    public bool IsWhole { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long CachedTokens { get; set; }

    /// <summary>Called with each token that arrives.</summary>
    public Action? OnToken { get; init; }

    /// <summary>Whether the call got so far that the provider counted tokens.</summary>
    public bool HasUsage => InputTokens + OutputTokens > 0;

    public void Refuse(string words) => (Refusal ??= new StringBuilder()).Append(words);

    /// <summary>The answer's head, and the whole body where it tells a failure.</summary>
    public async Task HearAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Status = (int)response.StatusCode;
        string? Header(string name) =>
            response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
        RequestId = Header(dialect.RequestIdHeader);
        (ShouldRetry, RetryAfter) = RetryHeaders.Read(Header, time.GetUtcNow());
        if (response.IsSuccessStatusCode)
            return;
        // Read for us and again for the client.
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Error = dialect.ReadError(body.Length <= MaxErrorBody ? body : body[..MaxErrorBody]);
    }

    /// <summary>One event of the stream.</summary>
    public void Hear(string name, ReadOnlyMemory<byte> data)
    {
        if (dialect.Read(this, name, data))
            OnToken?.Invoke();
    }
}

/// <summary>An error as a provider tells it.</summary>
internal sealed record WireError(string? Code, string? Message);
