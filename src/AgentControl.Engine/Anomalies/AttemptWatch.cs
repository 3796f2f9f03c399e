using System.Diagnostics;
using AgentControl.Core.Anomalies;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Anomalies;

/// <summary>The detectors of one attempt: what they find travels with the record that shows it, or with the pulse while a step runs.</summary>
internal sealed class AttemptWatch
{
    private readonly StepHistory history;
    private readonly LeasedJob job;
    private readonly AnomalyRules rules;
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly Lock gate = new();
    private readonly JobWatch tries;
    private readonly StallWatch progress;
    private long sign = Stopwatch.GetTimestamp();

    public AttemptWatch(StepHistory history, LeasedJob job, Journal journal)
    {
        (this.history, this.job, rules) = (history, job, history.Rules);
        tries = new JobWatch(rules);
        progress = new StallWatch(rules);
        foreach (var (key, step) in journal.Troubled)
            tries.Resume(new(key, step.Name, step.Service, step.Trouble!, "", step.Tries, 0, null, job.Now));
    }

    /// <summary>The database's clock, by this process's.</summary>
    public DateTimeOffset Now => job.Now + Stopwatch.GetElapsedTime(began);

    /// <summary>False where nothing can be slow or stalled yet.</summary>
    public bool HasReason =>
        Stopwatch.GetElapsedTime(began).TotalSeconds > Math.Min(rules.SlowStepSeconds, rules.StallSeconds) / 2;

    /// <summary>The job gets on.</summary>
    public void Sign() => Volatile.Write(ref sign, Stopwatch.GetTimestamp());

    /// <summary>A try of a step has failed.</summary>
    public void Failed(Contribution into, FailedTry failed)
    {
        var usual =
            history.Of(job.Agent, failed.Name) is { } known && known.Samples >= rules.SlowStepSamples ? known : null;
        lock (gate)
            into.Events.AddRange(tries.Failed(failed, usual?.Retries, usual?.MedianSeconds).Select(AnomalyEvents.Of));
    }

    /// <summary>A step has ended in this attempt.</summary>
    public void Ended(Contribution into, Scope scope, RunningStep running, byte[]? inputHash)
    {
        if (Ended(scope, running.Key, running.Name, inputHash, Now) is { } loop)
            into.Events.Add(AnomalyEvents.Of(loop));
        if (Slow(running) is { } slow)
            into.Events.Add(slow);
    }

    /// <summary>A step has ended, now or in an earlier attempt. Without an input nothing is known to repeat.</summary>
    public Anomaly? Ended(Scope scope, string key, string name, byte[]? inputHash, DateTimeOffset at) =>
        inputHash is null ? null : Loops(scope).Ended(key, name, inputHash, at);

    public EventRecord? Observed(Scope scope, string observation) =>
        Loops(scope).Observed(observation, scope.Now) is { } loop ? AnomalyEvents.Of(loop) : null;

    /// <summary>What the running steps show.</summary>
    public IReadOnlyList<EventRecord> Look(IReadOnlyList<RunningStep> running)
    {
        var lines = new List<EventRecord>();
        foreach (var step in running)
        {
            // What is usual is read before it is needed: a step that ends soon after is judged too.
            if (step.ElapsedMs > rules.SlowStepSeconds * 500)
                _ = history.Of(job.Agent, step.Name);
            if (Slow(step) is { } slow)
                lines.Add(slow);
        }
        var now = Now;
        var last = job.Now + Stopwatch.GetElapsedTime(began, Volatile.Read(ref sign));
        if (now - last > TimeSpan.FromSeconds(rules.StallSeconds))
        {
            var calls = running.Select(step => Call(step, now)).ToList();
            if (progress.Look(now, last, calls) is { } stalled)
                lines.Add(AnomalyEvents.Of(stalled));
        }
        return lines;
    }

    private EventRecord? Slow(RunningStep step)
    {
        var seconds = step.ElapsedMs / 1000;
        return
            seconds > rules.SlowStepSeconds
            && SlowSteps.Look(step.Key, step.Name, step.Service, seconds, Now, history.Of(job.Agent, step.Name), rules)
                is { } slow
            && step.TellSlow()
            ? AnomalyEvents.Of(slow)
            : null;
    }

    private RunningCall Call(RunningStep step, DateTimeOffset now)
    {
        var usual = history.Of(job.Agent, step.Name);
        return new(
            step.Key,
            step.Name,
            step.Service,
            now - TimeSpan.FromMilliseconds(step.ElapsedMs),
            step.Limit?.TotalSeconds,
            usual?.Samples >= rules.SlowStepSamples ? usual.P95Seconds : null
        );
    }

    private LoopWatch Loops(Scope scope) => scope.Loops ??= new LoopWatch(rules);
}
