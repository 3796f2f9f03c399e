using System.Text.Json;
using System.Text.Json.Serialization;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Schedules;

/// <summary>What a schedule submits beside agent, input and workspace; stored as JSON.</summary>
internal sealed record ScheduledJob
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string? Name { get; init; }
    public string? Queue { get; init; }
    public short Priority { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public int? TtlSeconds { get; init; }
    public int? TimeoutSeconds { get; init; }
    public int? MaxAttempts { get; init; }
    public string? ConcurrencyKey { get; init; }
    public JsonElement? Budget { get; init; }
    public JsonElement? Notify { get; init; }
    public JsonElement? ApprovalPolicy { get; init; }

    public static string Write(JobSubmission job) =>
        JsonSerializer.Serialize(
            new ScheduledJob
            {
                Name = job.Name,
                Queue = job.Queue,
                Priority = job.Priority,
                Tags = job.Tags,
                TtlSeconds = job.TtlSeconds,
                TimeoutSeconds = job.TimeoutSeconds,
                MaxAttempts = job.MaxAttempts,
                ConcurrencyKey = job.ConcurrencyKey,
                Budget = job.Budget,
                Notify = job.Notify,
                ApprovalPolicy = job.ApprovalPolicy,
            },
            Json
        );

    public static ScheduledJob Read(string json) => JsonSerializer.Deserialize<ScheduledJob>(json, Json)!;

    public JobSubmission Submission(string agent, byte[] input, string workspace) =>
        new()
        {
            Agent = agent,
            Input = JsonElement.Parse(input),
            Workspace = workspace,
            Name = Name,
            Queue = Queue,
            Priority = Priority,
            Tags = Tags,
            TtlSeconds = TtlSeconds,
            TimeoutSeconds = TimeoutSeconds,
            MaxAttempts = MaxAttempts,
            ConcurrencyKey = ConcurrencyKey,
            Budget = Budget,
            Notify = Notify,
            ApprovalPolicy = ApprovalPolicy,
        };
}
