using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>What is waited for, and how long.</summary>
internal sealed record WaitArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property:
        Description(
            "ended: it is over. settled: it is over, or stands until a person acts (a question, a pause). changed: anything happened behind the event number in after."
        ),
        AllowedValues("settled", "ended", "changed")
    ]
        string Until = "settled",
    [property: Description("How long to wait at most, in seconds."), Range(0, WaitTool.MostSeconds)]
        double TimeoutSeconds = WaitTool.UsualSeconds,
    [property:
        Description("For changed: lastEvent of the answer before. Left out: what happens from now on."),
        Range(0, int.MaxValue)
    ]
        long? After = null
);

/// <summary>How a wait ended.</summary>
/// <param name="Reason">ended, needsPerson, paused, changed, timeout or stopping.</param>
/// <param name="LastEvent">The number of the newest event: go on from here.</param>
/// <param name="Next">What to do next.</param>
internal sealed record WaitAnswer(JobLine Job, string Reason, double WaitedSeconds, long LastEvent, string Next);

/// <summary>Waits for a job by what the engine tells live; looks into the log only where a notification may be lost.</summary>
internal sealed class WaitTool(
    JobDoor door,
    JobQueries jobs,
    ICallerAccessor callers,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    public const int MostSeconds = 300;
    public const int UsualSeconds = 45;

    /// <summary>How often the client hears that the wait goes on, and the reader's right is looked at anew, where nothing happens.</summary>
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(15);

    /// <summary>A job that makes many steps is looked at this often.</summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(250);

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<WaitTool, WaitArguments, WaitAnswer>(
            "wait_for_job",
            "Wait for a job",
            "Waits until a job has ended or needs a person, and tells its state and progress. It ends after timeoutSeconds in any case: call it again to wait on.",
            Role.Viewer,
            ToolEffect.Reads,
            (tool, arguments, call) => tool.WaitAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<WaitAnswer>, ProblemHttpResult>> WaitAsync(WaitArguments arguments, ToolCall call)
    {
        if (
            await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } found
            || await jobs.SummaryAsync(found.Id, call.Cancelled) is not { } job
        )
            return JobDoor.NotFound(arguments.Job);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, lifetime.ApplicationStopping);
        var wait = new Wait(arguments, arguments.After ?? job.LastEvent, time.GetTimestamp());
        using var tail = new EventTail(call.Get<EventFeed>(), call.Get<EventQueries>(), time, found.Id, job.LastEvent);
        try
        {
            while (wait.Reason(job) is not { } && Left(wait) is { Ticks: > 0 } left)
            {
                await TellAsync(job, wait, call);
                await tail.NextAsync(left < _quiet ? left : _quiet, end.Token);
                if (!await MayReadAsync(found, end.Token))
                    return AccessProblems.Forbidden(AccessProblems.Needs(Role.Viewer));
                if (await jobs.SummaryAsync(found.Id, end.Token) is not { } now)
                    return JobDoor.NotFound(arguments.Job);
                job = now;
                if (wait.Reason(job) is null && Left(wait) > _pace)
                    await Task.Delay(_pace, time, end.Token);
            }
        }
        catch (OperationCanceledException) when (!call.Cancelled.IsCancellationRequested)
        {
            return Answer(job, "stopping", wait);
        }
        return Answer(job, wait.Reason(job) ?? "timeout", wait);
    }

    private TimeSpan Left(Wait wait) => wait.Limit - time.GetElapsedTime(wait.Began);

    private double Waited(Wait wait) => Math.Round(time.GetElapsedTime(wait.Began).TotalSeconds, 3);

    private Task TellAsync(JobSummary job, Wait wait, ToolCall call) =>
        call.IsWatched ? call.TellAsync(wait.Told(Waited(wait)), Words(job)) : Task.CompletedTask;

    private Ok<WaitAnswer> Answer(JobSummary job, string reason, Wait wait) =>
        TypedResults.Ok(new WaitAnswer(JobLine.Of(job), reason, Waited(wait), job.LastEvent, Next(job, reason)));

    private async Task<bool> MayReadAsync(JobRef job, CancellationToken cancellationToken) =>
        await callers.CurrentAsync(cancellationToken) is { } caller && caller.Has(Role.Viewer, job.Workspace);

    private static string Words(JobSummary job)
    {
        var progress = job.Progress;
        var share = progress switch
        {
            { Completed: { } done, Total: { } all } => string.Create(
                CultureInfo.InvariantCulture,
                $", {done} of {all}"
            ),
            { Completed: { } done } => string.Create(CultureInfo.InvariantCulture, $", {done} done"),
            _ => "",
        };
        return $"{job.Label}{(progress.Stage is { Length: > 0 } stage ? $", {stage}" : "")}{share}";
    }

    private static string Next(JobSummary job, string reason) =>
        reason switch
        {
            "ended" when job.State == "succeeded" => "get_result reads the output; list_files the files.",
            "ended" => "list_events tells how it came to this; retry_job takes it up again.",
            "needsPerson" when job.WaitingFor?.ApprovalId is { } approval =>
                $"A person has to answer: get_approval {approval}. wait_for_job with until=ended waits for it.",
            "needsPerson" => "A person has to act.",
            "paused" => "It is paused. resume_job lets it go on.",
            "stopping" => "The server stops. Connect again, and wait on.",
            _ => "Call wait_for_job again to wait on.",
        };

    /// <summary>One wait: what it waits for, from where on, and what was told last.</summary>
    private sealed class Wait(WaitArguments arguments, long after, long began)
    {
        private double told = -1;

        public long Began { get; } = began;

        public TimeSpan Limit { get; } = TimeSpan.FromSeconds(arguments.TimeoutSeconds);

        /// <summary>Why the wait is over; null where it goes on.</summary>
        public string? Reason(JobSummary job) =>
            job.IsFinal ? "ended"
            : arguments.Until == "changed"
                ? job.LastEvent > after ? "changed"
                    : null
            : arguments.Until == "ended" ? null
            : job.WaitingFor?.Kind == "approval" ? "needsPerson"
            : job.State == "paused" ? "paused"
            : null;

        /// <summary>Progress grows from one notification to the next, as the protocol has it.</summary>
        public double Told(double seconds) => told = Math.Max(seconds, Math.Round(told + 0.001, 3));
    }
}
