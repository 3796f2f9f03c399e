using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Approvals.Rules;
using AgentControl.Web.Jobs.Form;
using AgentControl.Web.Jobs.New;

namespace AgentControl.Web.Schedules;

/// <summary>A schedule while it is being put together.</summary>
public sealed class ScheduleDraft
{
    private const string LocalTime = "yyyy-MM-dd'T'HH:mm";
    private ScheduleView? edited;

    public AgentDefinition? Agent { get; private set; }
    public SchemaForm? Form { get; private set; }
    public string Name { get; set; } = "";
    public string Description { get; set; } = "";
    public string Cron { get; set; } = "0 2 * * *";
    public string TimeZone { get; set; } = "UTC";
    public string Overlap { get; set; } = "skip";
    public string Missed { get; set; } = "runOnce";
    public int CatchUpSeconds { get; set; } = ScheduleDefinition.DefaultCatchUpSeconds;

    /// <summary>As the browser's field writes it, on the clock of <see cref="TimeZone"/>; empty has none.</summary>
    public string StartAt { get; set; } = "";
    public string EndAt { get; set; } = "";
    public string JobName { get; set; } = "";
    public string Queue { get; set; } = "";
    public short Priority { get; set; }
    public string Tags { get; set; } = "";

    /// <summary>Seconds as they were typed; empty takes the usual ones.</summary>
    public string Ttl { get; set; } = "";
    public string Timeout { get; set; } = "";
    public string MaxAttempts { get; set; } = "";
    public string ConcurrencyKey { get; set; } = "";

    /// <summary>Limits by measure, as they were typed; empty has none.</summary>
    public Dictionary<string, string> Budget { get; private set; } = [];

    /// <summary>Who decides what its jobs ask, and by when.</summary>
    public TermsForm Terms { get; private set; } = new();

    /// <summary>Who is told how its jobs go.</summary>
    public NotifyForm Notify { get; private set; } = new();

    /// <summary>Errors outside of the input.</summary>
    public IReadOnlyList<FieldError> Problems { get; private set; } = [];

    public IReadOnlyList<FieldError> Errors => [.. Problems, .. Form?.Errors ?? []];

    /// <summary>The version that is edited; 0 while it is new.</summary>
    public int Version => edited?.Version ?? 0;

    /// <summary>Everything that was typed, to tell whether it is saved.</summary>
    public string Fingerprint =>
        JsonSerializer.Serialize(
            new object?[]
            {
                Agent?.Name,
                Form?.Value.ToJsonString(),
                Name,
                Description,
                Cron,
                TimeZone,
                Overlap,
                Missed,
                CatchUpSeconds,
                StartAt,
                EndAt,
                JobName,
                Queue,
                Priority,
                Tags,
                Ttl,
                Timeout,
                MaxAttempts,
                ConcurrencyKey,
                Budget,
                Terms,
                Notify,
            }
        );

    public string? ErrorOf(string field) => Problems.FirstOrDefault(p => p.Path == field)?.Message;

    public void Choose(AgentDefinition agent)
    {
        Agent = agent;
        Form = new SchemaForm(agent.InputSchema);
    }

    public void Fill(ScheduleView schedule, AgentDefinition? agent)
    {
        edited = schedule;
        Agent = agent;
        Form = agent is null ? null : new SchemaForm(agent.InputSchema);
        Form?.Fill(JsonNode.Parse(schedule.Input.Utf8));
        (Name, Description, Cron, TimeZone) = (
            schedule.Name,
            schedule.Description ?? "",
            schedule.Cron,
            schedule.TimeZone
        );
        (Overlap, Missed, CatchUpSeconds) = (schedule.Overlap, schedule.Missed, schedule.CatchUpSeconds);
        (StartAt, EndAt) = (Local(schedule.StartAt), Local(schedule.EndAt));
        (JobName, Queue, Priority) = (schedule.JobName ?? "", schedule.Queue ?? "", (short)schedule.Priority);
        Tags = string.Join(", ", schedule.Tags);
        (Ttl, Timeout, MaxAttempts) = (
            Text(schedule.TtlSeconds),
            Text(schedule.TimeoutSeconds),
            Text(schedule.MaxAttempts)
        );
        ConcurrencyKey = schedule.ConcurrencyKey ?? "";
        Budget = BudgetForm.Of(schedule.Budget);
        Terms = schedule.ApprovalPolicy is { } terms
            ? TermsForm.Of(ApprovalTerms.Read(terms, "approvalPolicy", (_, _) => { }))
            : new();
        Notify = NotifyForm.Of(schedule.Notify);
    }

    /// <summary>What the rule means now, and what is wrong with it by field.</summary>
    public (SchedulePreview? Preview, IReadOnlyDictionary<string, string> Wrong) Preview(DateTimeOffset now)
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal);
        var preview = ScheduleQueries.Preview(
            Cron,
            TimeZone,
            Instant(StartAt, "startAt", wrong),
            Instant(EndAt, "endAt", wrong),
            now,
            (field, why) => wrong[field] = why
        );
        return (preview, wrong);
    }

    /// <summary>What would be saved; null where something is wrong, and <see cref="Errors"/> says what.</summary>
    public ScheduleDefinition? Definition(string workspace)
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal);
        var (start, end) = (Instant(StartAt, "startAt", wrong), Instant(EndAt, "endAt", wrong));
        var (ttl, timeout) = (Number(Ttl, "ttlSeconds", wrong), Number(Timeout, "timeoutSeconds", wrong));
        var attempts = Number(MaxAttempts, "maxAttempts", wrong);
        var budget = BudgetForm.Read(Budget, (measure, why) => wrong[$"budget.{measure}"] = why);
        JsonElement? terms = Terms.IsEmpty ? null : Terms.Read(isPolicy: false);
        foreach (var (term, why) in Terms.IsEmpty ? new Dictionary<string, string>() : Terms.Errors)
            wrong[$"approvalPolicy.{term}"] = why;
        var notify = Notify.Read((field, why) => wrong[$"notify.{field}"] = why);
        if (Agent is null)
            wrong["agent"] = "Choose the agent that does the work.";
        Problems = [.. wrong.Select(w => Problem(w.Key, w.Value))];
        var fits = Form?.Check() ?? false;
        if (!fits || Agent is null || Form is null || wrong.Count > 0)
            return null;
        return new ScheduleDefinition
        {
            Cron = Cron,
            TimeZone = TimeZone,
            Description = Description,
            Overlap = Overlap,
            Missed = Missed,
            CatchUpSeconds = CatchUpSeconds,
            StartAt = start,
            EndAt = end,
            Job = new JobSubmission
            {
                Agent = Agent.Name,
                Input = Form.Element,
                Workspace = edited?.Workspace ?? workspace,
                Name = Filled(JobName),
                Queue = Filled(Queue),
                Priority = Priority,
                Tags = Tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                TtlSeconds = ttl,
                TimeoutSeconds = timeout,
                MaxAttempts = attempts,
                Notify = notify,
                ConcurrencyKey = Filled(ConcurrencyKey),
                Budget = budget,
                ApprovalPolicy = terms,
            },
        };
    }

    /// <summary>Takes over what the server refused.</summary>
    public void Refuse(IReadOnlyDictionary<string, string[]> errors)
    {
        bool OfInput(string key) => key.StartsWith("input", StringComparison.Ordinal);
        Form?.Refuse(errors.Where(e => OfInput(e.Key)).ToDictionary());
        Problems = [.. errors.Where(e => !OfInput(e.Key)).Select(e => Problem(e.Key, string.Join(' ', e.Value)))];
    }

    /// <summary>Says something about the whole.</summary>
    public void Refuse(string message) => Problems = [new FieldError("", "sched-name", message)];

    private static FieldError Problem(string field, string why) =>
        new(
            field,
            TermsForm.ControlOf(field, "sched-terms") ?? $"sched-{field}",
            $"{NotifyForm.LabelOf(field) ?? FieldLabel.Of(field)}: {why}"
        );

    private DateTimeOffset? Instant(string text, string field, Dictionary<string, string> wrong)
    {
        if (text.Length == 0)
            return null;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            wrong[field] = "It is no time. Choose one, or clear it.";
            return null;
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone.Trim(), out var zone)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local))
            : new DateTimeOffset(local, TimeSpan.Zero);
    }

    private string Local(DateTimeOffset? at) =>
        at is { } instant && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone)
            ? TimeZoneInfo.ConvertTime(instant, zone).ToString(LocalTime, CultureInfo.InvariantCulture)
            : "";

    private static int? Number(string text, string field, Dictionary<string, string> wrong)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        wrong[field] = "Use a whole number, or clear it.";
        return null;
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string? Filled(string text) => text.Trim() is { Length: > 0 } filled ? filled : null;
}
