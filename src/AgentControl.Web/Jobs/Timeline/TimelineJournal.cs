using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Steps;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>An event that the timeline draws.</summary>
internal sealed record TimelineEvent(
    long No,
    DateTimeOffset At,
    string Type,
    string Message,
    string? Step,
    int? Attempt,
    double? DelaySeconds,
    string? Reason
);

/// <summary>What is known of a job's journal; grows with each read.</summary>
/// <param name="notBefore">The moment for which the job was submitted, if it had to wait for it.</param>
internal sealed class TimelineJournal(Guid jobId, DateTimeOffset? notBefore = null)
{
    /// <summary>Events by which a job comes into its queue, and out of it.</summary>
    public static IReadOnlyList<string> Turns { get; } =
    [
        EventTypes.JobSubmitted,
        EventTypes.JobResumed,
        EventTypes.SignalReceived,
        EventTypes.JobRetried,
        EventTypes.JobStarted,
        EventTypes.JobRecovered,
        EventTypes.JobParked,
        EventTypes.JobPaused,
        EventTypes.JobFailed,
        EventTypes.JobCancelled,
    ];

    /// <summary>The job's own folder: every file of it begins so, and nobody needs to read it.</summary>
    private readonly string folder = $"jobs/{jobId:D}/";

    private readonly List<StepOutline> recorded = [];
    private readonly Dictionary<string, List<TimelineTry>> tries = new(StringComparer.Ordinal);
    private readonly List<TimelineMark> marks = [];
    private readonly List<QueueSpan> queued = [];
    private DateTimeOffset? ready;
    private bool atWork;
    private IReadOnlyList<StepOutline> open = [];

    public long LastStep { get; private set; }
    public long LastEvent { get; private set; }
    public IReadOnlyList<TimelineMark> Marks => marks;
    public IReadOnlyList<QueueSpan> Queued => ready is { } since ? [.. queued, new(since, null)] : [.. queued];

    public IReadOnlyList<TimelineStep> Steps => [.. recorded.Concat(open).Select(Step)];

    /// <summary>A retry by a person may have superseded what was read: the steps are read anew.</summary>
    public void Forget()
    {
        recorded.Clear();
        LastStep = 0;
    }

    public bool Take(IReadOnlyList<StepOutline> steps, IEnumerable<TimelineEvent> events)
    {
        var next = steps.Where(s => s.No is null).ToList();
        var changed = !next.SequenceEqual(open);
        open = next;
        foreach (var step in steps.Where(s => s.No > LastStep))
        {
            recorded.Add(step);
            LastStep = step.No!.Value;
            changed = true;
        }
        foreach (var line in events)
        {
            Take(line);
            LastEvent = line.No;
            changed = true;
        }
        return changed;
    }

    private void Take(TimelineEvent line)
    {
        Turn(line);
        switch (line.Type)
        {
            case EventTypes.StepRetrying when line.Step is { } key:
                if (!tries.TryGetValue(key, out var list))
                    tries[key] = list = [];
                list.Add(
                    new(
                        line.Attempt ?? list.Count + 1,
                        line.At,
                        line.DelaySeconds is { } delay ? line.At.AddSeconds(delay) : null,
                        line.Reason ?? line.Message
                    )
                );
                break;
            case EventTypes.JobRecovered:
                marks.Add(new(MarkKind.Recovery, line.At, line.Message));
                break;
            case EventTypes.CheckpointSaved:
                marks.Add(new(MarkKind.Checkpoint, line.At, line.Message));
                break;
            default:
                break;
        }
    }

    private void Turn(TimelineEvent line)
    {
        switch (line.Type)
        {
            case EventTypes.JobSubmitted:
                ready = notBefore > line.At ? notBefore : line.At;
                break;
            case EventTypes.JobResumed or EventTypes.SignalReceived or EventTypes.JobRetried when !atWork:
                ready ??= line.At;
                break;
            case EventTypes.JobStarted or EventTypes.JobRecovered:
                if (ready is { } since && since < line.At)
                    queued.Add(new(since, line.At));
                (ready, atWork) = (null, true);
                break;
            case EventTypes.JobParked or EventTypes.JobPaused or EventTypes.JobFailed or EventTypes.JobCancelled:
                (ready, atWork) = (null, false);
                break;
            default:
                break;
        }
    }

    private TimelineStep Step(StepOutline step) =>
        new(
            step.Key,
            StepWords.Of(step.Kind, step.Name.Replace(folder, "", StringComparison.Ordinal)),
            step.Kind,
            step.State,
            step.Attempt,
            step.StartedAt,
            step.CompletedAt,
            ErrorOf(step.Error),
            step.Service
        )
        {
            Tries = tries.GetValueOrDefault(step.Key) ?? [],
        };

    private static string? ErrorOf(string? json)
    {
        if (json is null)
            return null;
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize<JobFailure>(json, JournalJson.Options)?.Message ?? json;
        }
        catch (System.Text.Json.JsonException)
        {
            return json;
        }
    }
}
