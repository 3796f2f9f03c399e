using System.Text.Json;

namespace AgentControl.Engine.Jobs;

/// <summary>What somebody submits: contract section 3, <c>POST /jobs</c>.</summary>
public sealed record JobSubmission
{
    public required string Agent { get; init; }
    public required JsonElement Input { get; init; }
    public string? Name { get; init; }
    public string? Queue { get; init; }
    public short Priority { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? Workspace { get; init; }
    public DateTimeOffset? RunAt { get; init; }
    public int? TtlSeconds { get; init; }
    public int? TimeoutSeconds { get; init; }
    public DateTimeOffset? DeadlineAt { get; init; }
    public int? MaxAttempts { get; init; }
    public string? ConcurrencyKey { get; init; }
    public JsonElement? Budget { get; init; }
    public JsonElement? Notify { get; init; }
    public JsonElement? ApprovalPolicy { get; init; }
    public string? Traceparent { get; init; }

    /// <summary>The schedule that starts it; nobody else sets it.</summary>
    internal string? Schedule { get; init; }
}

/// <summary>One input for each job of a batch; everything else is shared.</summary>
public sealed record BatchSubmission(JobSubmission Shared, IReadOnlyList<JsonElement> Items);

/// <summary>The caller's <c>Idempotency-Key</c> with the scope it counts in.</summary>
/// <param name="Route">Method and path: the same key on another route is another key.</param>
/// <param name="BodyHash">SHA-256 of the request's body.</param>
public sealed record IdempotencyKey(string Caller, string Route, string Key, byte[] BodyHash);

/// <summary>How a submission went.</summary>
public abstract record SubmitOutcome
{
    private SubmitOutcome() { }

    /// <param name="Replayed">The same key and body came before; this is the first one's job.</param>
    public sealed record Accepted(Guid Id, bool Replayed) : SubmitOutcome;

    public sealed record AcceptedBatch(Guid BatchId, IReadOnlyList<Guid> Jobs, bool Replayed) : SubmitOutcome;

    /// <summary>The input does not fit; by field, each with its remedy.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : SubmitOutcome;

    /// <summary>Over a limit of the engine (413).</summary>
    public sealed record TooLarge(string Field, string Message) : SubmitOutcome;

    /// <summary>The key was used with another body (422).</summary>
    public sealed record KeyReused : SubmitOutcome;

    /// <summary>The first request with this key is not done yet (409).</summary>
    public sealed record InFlight : SubmitOutcome;
}

/// <summary>How a command on a job went.</summary>
public enum CommandResult
{
    /// <summary>Done, or already so: 202.</summary>
    Accepted,
    NotFound,

    /// <summary>The state does not allow it: 409, nothing changed.</summary>
    Refused,

    /// <summary>A field is wrong: 400, nothing changed.</summary>
    Invalid,
}

/// <param name="Reason">For people, where refused.</param>
public sealed record CommandOutcome(CommandResult Result, string? Reason = null)
{
    /// <summary>What is wrong, by field, where the command was not valid.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; private init; } = new Dictionary<string, string[]>();

    public static readonly CommandOutcome Accepted = new(CommandResult.Accepted);
    public static readonly CommandOutcome NotFound = new(CommandResult.NotFound);

    public static CommandOutcome Refused(string reason) => new(CommandResult.Refused, reason);

    public static CommandOutcome Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(CommandResult.Invalid, string.Join(' ', errors.Select(e => $"{e.Key}: {e.Value[0]}"))) { Errors = errors };
}
