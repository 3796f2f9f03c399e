using System.Diagnostics;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>One branch's path, counts and clock, and the events that ride with its next record.</summary>
internal sealed class Scope(string path, DateTimeOffset now)
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private List<EventRecord> riding = [];
    private ProgressRecord? progress;
    private RunningStep? running;
    private int busy;

    public string Path { get; } = path;

    /// <summary>The time of the scope's last record.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>Gives back the branch's place among the running items of its <c>Parallel</c>, and of those around it.</summary>
    public Action? Rests { get; init; }

    /// <summary>What goes round in a circle in this branch; null until something could.</summary>
    public LoopWatch? Loops { get; set; }

    /// <summary>The step whose body runs now.</summary>
    public RunningStep? Running
    {
        get
        {
            lock (gate)
                return running;
        }
    }

    public string NextKey(string name)
    {
        name = Texts.Clean(name, int.MaxValue);
        return StepKey.Of(Path, name, Count(name));
    }

    public int Count(string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    /// <summary>Refuses a second call while one is under way.</summary>
    public IDisposable Enter(string what)
    {
        if (Interlocked.Exchange(ref busy, 1) == 1)
            throw new InvalidOperationException(
                $"'{what}' was called while another durable call of the same context was still running. Use job.Parallel(...), which gives each item a context of its own."
            );
        return new Exit(this);
    }

    public void Ride(EventRecord line)
    {
        lock (gate)
            riding.Add(line);
    }

    public void Ride(ProgressRecord newest, EventRecord line)
    {
        lock (gate)
        {
            progress = newest;
            riding.Add(line);
        }
    }

    /// <summary>Takes over what a branch that has ended did not get to record.</summary>
    public void Adopt(Scope ended)
    {
        var last = new Contribution();
        ended.Flush(last);
        lock (gate)
        {
            riding.AddRange(last.Events);
            progress = last.Progress ?? progress;
        }
    }

    /// <summary>A replayed step: what rode before it was told by the first run.</summary>
    public void Replayed(DateTimeOffset at)
    {
        Told();
        Now = at;
    }

    /// <summary>What rides was told by an earlier run, with the start of the step that comes now.</summary>
    public void Told()
    {
        lock (gate)
        {
            riding = [];
            progress = null;
        }
    }

    public void Recorded(DateTimeOffset at) => Now = at;

    /// <summary>The branch was told that its job is to finish now.</summary>
    public bool Finishing { get; private set; }

    /// <summary>Answers of models since then.</summary>
    public int LastAnswers { get; private set; }

    /// <summary>Counts the end of a model step, recorded now or replayed.</summary>
    /// <param name="failure">Its type; null for an answer.</param>
    public void ModelEnded(string? failure)
    {
        if (failure == JobFailure.BudgetFinish)
            Finishing = true;
        else if (Finishing && failure is null)
            LastAnswers++;
    }

    public void StepBegins(RunningStep step)
    {
        lock (gate)
            running = step;
    }

    /// <summary>Moves everything that waits into a contribution.</summary>
    public void Flush(Contribution into)
    {
        lock (gate)
        {
            into.Events.AddRange(riding);
            into.Progress = progress ?? into.Progress;
            riding = [];
            progress = null;
        }
    }

    /// <summary>The finished step with its started event, where that was not told yet.</summary>
    public RunningStep? StepEnds(Contribution into)
    {
        lock (gate)
        {
            var step = running;
            running = null;
            if (step is { Told: false })
            {
                into.Events.AddRange(riding.Take(step.RidingBefore));
                into.Events.Add(step.Started());
                into.Events.AddRange(riding.Skip(step.RidingBefore));
            }
            else
            {
                into.Events.AddRange(riding);
            }
            into.Progress = progress ?? into.Progress;
            riding = [];
            progress = null;
            return step;
        }
    }

    /// <summary>For steps that run longer than a moment: tells their start, and what they said since.</summary>
    /// <param name="add">Puts it before everything that the branch records later, such as the step's end.</param>
    public void FlushRunning(Action<Contribution> add)
    {
        lock (gate)
        {
            if (running is null || Stopwatch.GetElapsedTime(running.Since) < TimeSpan.FromMilliseconds(500))
                return;
            var into = new Contribution();
            if (!running.Told)
            {
                into.Events.AddRange(riding.Take(running.RidingBefore));
                into.Events.Add(running.Started());
                into.Events.AddRange(riding.Skip(running.RidingBefore));
                into.Steps.Add(running.Row());
                running.Told = true;
            }
            else
            {
                into.Events.AddRange(riding);
            }
            into.Progress = progress;
            riding = [];
            progress = null;
            if (into.Events.Count > 0 || into.Progress is not null)
                add(into);
        }
    }

    public int RidingCount
    {
        get
        {
            lock (gate)
                return riding.Count;
        }
    }

    private sealed class Exit(Scope scope) : IDisposable
    {
        public void Dispose() => Interlocked.Exchange(ref scope.busy, 0);
    }
}

/// <summary>A step whose body runs.</summary>
internal sealed class RunningStep(
    string key,
    string name,
    string kind,
    int attempt,
    byte[]? inputHash,
    string? service,
    int ridingBefore
)
{
    private int slow;

    public string Key => key;

    public string Name => name;

    public string? Service => service;

    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>The time that this try has; null where nothing but the job's own time ends it.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>True for the one that tells that it is slow.</summary>
    public bool TellSlow() => Interlocked.Exchange(ref slow, 1) == 0;

    /// <summary>How many riding events came before its start.</summary>
    public int RidingBefore { get; } = ridingBefore;

    /// <summary>True once its start is in the log.</summary>
    public bool Told { get; set; }

    public double ElapsedMs => Stopwatch.GetElapsedTime(Since).TotalMilliseconds;

    public EventRecord Started() => new(EventTypes.StepStarted, $"{name} started", EventData.Step(key, name, attempt));

    public StepRecord Row() =>
        new(
            key,
            name,
            kind,
            "running",
            null,
            kind.StartsWith("once:", StringComparison.Ordinal) ? attempt : attempt - 1,
            inputHash,
            null,
            null,
            service,
            null,
            ElapsedMs
        );
}
