using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Engine.Events;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Queues;

namespace AgentControl.Engine.Jobs;

/// <summary>What a submission must be; every breach names its field and the remedy.</summary>
internal static class SubmissionRules
{
    public const int MaxInputBytes = 1024 * 1024;
    public const int MaxBatchItems = 10_000;
    public const long MaxBatchBytes = 64L * 1024 * 1024;
    private const int MaxNameLength = 200;
    private const int MaxTags = 20;
    private const int MaxTagLength = 100;
    private const int MaxSeconds = 366 * 86_400;

    public static Dictionary<string, string[]> Check(JobSubmission job, AgentDefinition? agent, bool checkInput)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        void Wrong(string field, string why) => errors[field] = [why];
        if (agent is null)
            Wrong("agent", $"No agent is called '{job.Agent}'. See GET /api/v1/agents.");
        else if (checkInput)
        {
            foreach (var (field, problems) in agent.Check(job.Input))
                errors[field] = problems;
        }
        CheckLooks(job.Name, job.Priority, job.Tags, Wrong);
        if (job.Queue is { } queue && !QueueNames.IsValid(queue))
            Wrong("queue", "Use a-z, 0-9, '-' and '_', at most 50 characters.");
        CheckSeconds(job.TtlSeconds, "ttlSeconds", Wrong);
        CheckSeconds(job.TimeoutSeconds, "timeoutSeconds", Wrong);
        if (job.MaxAttempts is < 1 or > 100)
            Wrong("maxAttempts", "Use 1 to 100.");
        if (job.ConcurrencyKey is { } key && !IsLine(key, ConcurrencyKeys.MaxLength))
            Wrong(
                "concurrencyKey",
                $"Use 1 to {ConcurrencyKeys.MaxLength} characters without line breaks, or leave it out: of the jobs of a workspace with one key at most one runs."
            );
        if (job.Budget is { } budget)
            Budget.Read(budget, "budget", Wrong);
        if (job.ApprovalPolicy is { ValueKind: not System.Text.Json.JsonValueKind.Null } terms)
            ApprovalTerms.Read(terms, "approvalPolicy", Wrong);
        if (job.Notify is { ValueKind: not JsonValueKind.Null } notify)
            JobNotify.Check(notify, "notify", Wrong);
        return errors;
    }

    /// <summary>The same rules for what a person may change later.</summary>
    public static Dictionary<string, string[]> CheckEdit(string? name, short? priority, IReadOnlyList<string>? tags)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckLooks(name, priority ?? 0, tags ?? [], (field, why) => errors[field] = [why]);
        return errors;
    }

    private static void CheckLooks(
        string? name,
        short priority,
        IReadOnlyList<string> tags,
        Action<string, string> wrong
    )
    {
        if (name is not null && !IsLine(name, MaxNameLength))
            wrong(
                "name",
                $"Use 1 to {MaxNameLength} characters without line breaks and characters that turn the direction of text, or leave it out."
            );
        if (priority is < -2 or > 2)
            wrong("priority", "Use a whole number from -2 to 2.");
        if (tags.Count > MaxTags || tags.Any(t => !IsLine(t, MaxTagLength)))
            wrong("tags", $"Use at most {MaxTags} tags of 1 to {MaxTagLength} characters.");
    }

    private static bool IsLine(string? text, int max) =>
        text is { Length: > 0 }
        && text.Length <= max
        && !text.Any(c => char.IsControl(c) || Texts.TurnsDirection(c))
        && Texts.Clean(text) == text;

    private static void CheckSeconds(int? seconds, string field, Action<string, string> wrong)
    {
        if (seconds is < 1 or > MaxSeconds)
            wrong(field, $"Use 1 to {MaxSeconds} seconds, or leave it out.");
    }

    /// <summary>What is said of an input that is over <see cref="MaxInputBytes"/>.</summary>
    public static string TooLarge(string field, int bytes) =>
        $"'{field}' has {bytes:N0} bytes; at most {MaxInputBytes:N0} are accepted. Upload large data to the workspace and pass its path.";

    public static byte[] InputBytes(JsonElement input) => System.Text.Encoding.UTF8.GetBytes(input.GetRawText());
}
