namespace AgentControl.Simulation.Faults;

/// <summary>What goes wrong with a call. Several of its parts may be set; what is left out goes well.</summary>
public sealed record Fault
{
    /// <summary>What it is called in the log.</summary>
    public string Name { get; init; } = "fault";

    /// <summary>Only calls of this dialect (anthropic, openai, responses) meet it; null: all.</summary>
    public string? Dialect { get; init; }

    /// <summary>Only calls of this model meet it; null: all.</summary>
    public string? Model { get; init; }

    /// <summary>Only calls with this key meet it; null: all.</summary>
    public string? Key { get; init; }

    /// <summary>Answers with this HTTP status instead of 200.</summary>
    public int? Status { get; init; }

    /// <summary><c>error.type</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>error.code</c> (OpenAI).</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>Headers of the answer, such as Retry-After.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sends <c>Retry-After</c> as an HTTP date so many seconds from now.</summary>
    public double? RetryAfterDateSeconds { get; init; }

    /// <summary>The body as it is, instead of the provider's own shape.</summary>
    public string? RawBody { get; init; }

    /// <summary>How the answer ends: <c>stop_reason</c>, <c>finish_reason</c> or <c>incomplete_details.reason</c>.</summary>
    public string? StopReason { get; init; }

    /// <summary>The answer is a refusal in words (OpenAI's <c>refusal</c>).</summary>
    public string? Refusal { get; init; }

    /// <summary>The connection is closed before any answer.</summary>
    public bool Refuse { get; init; }

    /// <summary>So long until the headers come.</summary>
    public double DelaySeconds { get; init; }

    /// <summary>So long between the headers and the first token.</summary>
    public double FirstTokenDelaySeconds { get; init; }

    /// <summary>So long before each token.</summary>
    public double TokenDelaySeconds { get; init; }

    /// <summary>What happens in the middle of a stream.</summary>
    public StreamFault Stream { get; init; }

    /// <summary>Behind how many tokens it happens.</summary>
    public int AfterTokens { get; init; } = 2;

    /// <summary>How many calls meet it; null: all, until it is cleared or its time is over.</summary>
    public int? Times { get; init; }

    /// <summary>For how many seconds; null: until it is cleared.</summary>
    public double? ForSeconds { get; init; }
}

/// <summary>What happens in the middle of a stream.</summary>
public enum StreamFault
{
    None,

    /// <summary>Nothing more comes, and the connection stays open.</summary>
    Silence,

    /// <summary>Pings, and no token.</summary>
    Pings,

    /// <summary>The connection breaks.</summary>
    Drop,

    /// <summary>The stream ends in order, without its last event.</summary>
    End,

    /// <summary>An error event, with the fault's type, code and message.</summary>
    Error,

    /// <summary>The stream stands still until <see cref="FaultScript.Release"/>.</summary>
    Hold,
}
