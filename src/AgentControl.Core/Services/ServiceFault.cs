namespace AgentControl.Core.Services;

/// <summary>How a call to a service went wrong, as it came over the wire.</summary>
public sealed record ServiceFault
{
    /// <summary>The HTTP status; null where no answer came (connection, reset, timeout).</summary>
    public int? Status { get; init; }

    /// <summary>The provider's word for it: <c>error.type</c> of Anthropic, <c>error.code</c> or <c>error.type</c> of OpenAI.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>Why a 200 stopped: <c>stop_reason</c> or <c>finish_reason</c>.</summary>
    public string? StopReason { get; init; }

    /// <summary>The error came inside a stream, or the stream ended without its last event: what was received is thrown away.</summary>
    public bool InStream { get; init; }

    /// <summary>The header <c>x-should-retry</c>, where it was sent. It overrides the table.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>The wait that the service asked for (<c>retry-after-ms</c>, then <c>retry-after</c>).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's id of the call, for its support.</summary>
    public string? RequestId { get; init; }
}

/// <summary>A call to a service failed in a way that is known.</summary>
public sealed class ServiceException(string message, ServiceFault fault, Exception? inner = null)
    : Exception(message, inner)
{
    public ServiceFault Fault { get; } = fault;
}
