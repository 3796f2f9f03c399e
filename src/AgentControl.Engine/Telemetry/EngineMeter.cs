using System.Diagnostics.Metrics;
using AgentControl.Core.Events;
using AgentControl.Engine.Live;

namespace AgentControl.Engine.Telemetry;

/// <summary>
/// What this process did, counted since its start: each process counts what it committed itself, so that the sum over all processes is
/// right. Labels name agents, services without their part (<c>fetch@example.com</c> counts as <c>fetch</c>) and results, never jobs.
/// </summary>
public sealed class EngineMeter : IDisposable
{
    /// <summary>The name under which collectors find it.</summary>
    public const string Name = "AgentControl";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> ended;
    private readonly Counter<long> submitted;
    private readonly Counter<long> steps;
    private readonly Counter<long> recoveries;
    private readonly Counter<long> calls;
    private readonly Counter<long> retries;
    private readonly Counter<long> notificationsFailed;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> working;

    public EngineMeter()
    {
        submitted = meter.CreateCounter<long>(
            "agentcontrol.jobs.submitted",
            "{job}",
            "Jobs that this process took in."
        );
        ended = meter.CreateCounter<long>("agentcontrol.jobs.ended", "{job}", "Jobs whose end this process recorded.");
        steps = meter.CreateCounter<long>("agentcontrol.steps.recorded", "{step}", "Steps that this process recorded.");
        recoveries = meter.CreateCounter<long>(
            "agentcontrol.recoveries",
            "{recovery}",
            "Jobs that this process took up from what was recorded, after a crash or a lost worker."
        );
        calls = meter.CreateCounter<long>(
            "agentcontrol.service.calls",
            "{call}",
            "Calls of a service from this process."
        );
        retries = meter.CreateCounter<long>(
            "agentcontrol.service.retries",
            "{call}",
            "Calls of a service that this process made once more."
        );
        notificationsFailed = meter.CreateCounter<long>(
            "agentcontrol.notifications.failed",
            "{message}",
            "Messages that this process could not deliver."
        );
        duration = meter.CreateHistogram<double>(
            "agentcontrol.task.duration",
            "s",
            "From submission to end, of tasks that completed, failed or timed out; a task is a job that no other job started."
        );
        working = meter.CreateHistogram<double>(
            "agentcontrol.task.working",
            "s",
            "The time that a worker held such a task, without any wait."
        );
    }

    /// <summary>For what is read instead of counted.</summary>
    internal Meter Meter => meter;

    /// <summary>Counts what this process has committed, but for ends, which need to be looked up.</summary>
    internal void Count(LiveEvent line)
    {
        switch (line.Type)
        {
            case EventTypes.JobSubmitted:
                submitted.Add(1);
                break;
            case EventTypes.StepCompleted:
                steps.Add(1, new KeyValuePair<string, object?>("result", "completed"));
                break;
            case EventTypes.StepFailed:
                steps.Add(1, new KeyValuePair<string, object?>("result", "failed"));
                break;
            case EventTypes.JobRecovered:
                recoveries.Add(1);
                break;
            case EventTypes.NotificationFailed:
                notificationsFailed.Add(1);
                break;
            default:
                break;
        }
    }

    /// <param name="result">completed, failed, timed_out, cancelled or rejected.</param>
    /// <param name="task">It has no parent.</param>
    internal void Ended(string agent, string result, bool task, double seconds, double workedSeconds)
    {
        var who = new KeyValuePair<string, object?>("agent", agent);
        var how = new KeyValuePair<string, object?>("result", result);
        ended.Add(1, who, how, new("kind", task ? "task" : "child"));
        if (!task || result is not ("completed" or "failed" or "timed_out"))
            return;
        duration.Record(seconds, who, how);
        working.Record(workedSeconds, who, how);
    }

    /// <summary>Counts calls of a service.</summary>
    /// <param name="again">How many of them are made once more.</param>
    public void Called(string service, int times, int again)
    {
        var which = new KeyValuePair<string, object?>("service", Bare(service));
        if (times > 0)
            calls.Add(times, which);
        if (again > 0)
            retries.Add(again, which);
    }

    /// <summary>The service without its part, of which there may be any number.</summary>
    internal static string Bare(string service) => service.Split('@', 2)[0];

    public void Dispose() => meter.Dispose();
}
