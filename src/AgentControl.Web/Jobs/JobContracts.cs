using System.Text.Json;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>The body of <c>POST /jobs</c>.</summary>
internal record SubmitJobRequest
{
    public string? Agent { get; init; }
    public JsonElement? Input { get; init; }
    public string? Name { get; init; }
    public string? Queue { get; init; }
    public short? Priority { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
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
}

/// <summary>The body of <c>POST /jobs/batch</c>: one input for each job, everything else shared.</summary>
internal sealed record SubmitBatchRequest
{
    public string? Agent { get; init; }
    public IReadOnlyList<JsonElement>? Items { get; init; }
    public string? Name { get; init; }
    public string? Queue { get; init; }
    public short? Priority { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
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

    public SubmitJobRequest Shared() =>
        new()
        {
            Agent = Agent,
            Name = Name,
            Queue = Queue,
            Priority = Priority,
            Tags = Tags,
            Workspace = Workspace,
            RunAt = RunAt,
            TtlSeconds = TtlSeconds,
            TimeoutSeconds = TimeoutSeconds,
            DeadlineAt = DeadlineAt,
            MaxAttempts = MaxAttempts,
            ConcurrencyKey = ConcurrencyKey,
            Budget = Budget,
            Notify = Notify,
            ApprovalPolicy = ApprovalPolicy,
        };
}

/// <summary>The answer to a batch.</summary>
internal sealed record BatchContract(Guid BatchId, IReadOnlyList<Guid> Jobs);

/// <summary>The body of pause, resume, cancel, retry and the other commands; it may be left out.</summary>
internal sealed record CommandRequest
{
    /// <summary>Kept in the log and shown to others.</summary>
    public string? Reason { get; init; }
}

/// <summary>The body of <c>PATCH /jobs/{id}</c>; what is left out stays.</summary>
internal sealed record EditJobRequest
{
    public string? Name { get; init; }
    public short? Priority { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public DateTimeOffset? RunAt { get; init; }
}

/// <summary>The body of <c>POST /jobs/{id}/fork</c>.</summary>
internal sealed record ForkJobRequest
{
    /// <summary>The key of the first step that runs anew; left out: the whole journal is copied.</summary>
    public string? FromStep { get; init; }

    /// <summary>Another input; left out: the same one.</summary>
    public JsonElement? Input { get; init; }
}

/// <summary>From requests to what the engine takes.</summary>
internal static class JobContracts
{
    private static readonly JsonElement _noInput = JsonElement.Parse("{}");

    /// <summary>Fields that the engine cannot even be asked with.</summary>
    public static ProblemHttpResult? Missing(SubmitJobRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Agent))
            return Problems.BadField("agent", "Name the agent. GET /api/v1/agents lists them.");
        return request.Tags?.Any(t => t is null) == true ? Problems.BadField("tags", "A tag is a text.") : null;
    }

    /// <param name="traceparent">The caller's trace, so that the job's spans join it.</param>
    public static JobSubmission ToSubmission(this SubmitJobRequest request, string? traceparent) =>
        new()
        {
            Agent = request.Agent!,
            Input = request.Input ?? _noInput,
            Name = request.Name,
            Queue = request.Queue,
            Priority = request.Priority ?? 0,
            Tags = request.Tags ?? [],
            Workspace = request.Workspace,
            RunAt = request.RunAt,
            TtlSeconds = request.TtlSeconds,
            TimeoutSeconds = request.TimeoutSeconds,
            DeadlineAt = request.DeadlineAt,
            MaxAttempts = request.MaxAttempts,
            ConcurrencyKey = request.ConcurrencyKey,
            Budget = request.Budget,
            Notify = request.Notify,
            ApprovalPolicy = request.ApprovalPolicy,
            Traceparent = traceparent,
        };
}
