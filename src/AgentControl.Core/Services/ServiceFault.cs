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

    /// <summary>What the call took all the same; null where that is not known.</summary>
    public LanguageModels.ModelUsage? Usage { get; init; }

    /// <summary>The word for a call that was given up because its time was over.</summary>
    public const string TimedOut = "timeout";

    /// <summary>The word for a call that broke off when its effect may have happened, and that must not be made twice: a person decides.</summary>
    public const string OutcomeUnknown = "outcomeUnknown";

    /// <summary>What an exception says of a service; null where it is about something else, such as the caller's own code.</summary>
    public static ServiceFault? Of(Exception problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem switch
        {
            ServiceException known => known.Fault,
            HttpRequestException http => new() { Status = (int?)http.StatusCode, Message = http.Message },
            TimeoutException or OperationCanceledException { InnerException: TimeoutException } => new()
            {
                Code = TimedOut,
                Message = problem.Message,
            },
            IOException or System.Net.Sockets.SocketException => new() { Message = problem.Message },
            _ => null,
        };
    }

    /// <summary>For people: who answered what.</summary>
    public string Describe(string service)
    {
        var said = string.IsNullOrWhiteSpace(Message) ? "" : $": {Message.Trim()}";
        var code = Code is { } word && word != TimedOut ? $" ({word})" : "";
        return StopReason is { } reason ? $"{service} stopped with '{reason}'{said}"
            : Code == OutcomeUnknown ? $"{service} gave no answer{said}"
            : Code == TimedOut && Status is null ? $"{service} gave no answer in time{said}"
            : InStream ? $"The stream of {service} broke off{code}{said}"
            : Status is { } status ? $"{service} answered {status}{code}{said}"
            : $"{service} could not be reached{said}";
    }
}

/// <summary>A call to a service failed in a way that is known.</summary>
public sealed class ServiceException(string message, ServiceFault fault, Exception? inner = null)
    : Exception(message, inner)
{
    public ServiceFault Fault { get; } = fault;
}
