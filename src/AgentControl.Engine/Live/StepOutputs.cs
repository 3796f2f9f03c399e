using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Live;

/// <summary>Text that a step writes while it runs, on its way to whoever watches: only live, never kept.</summary>
/// <param name="Key">The step's key in the journal.</param>
/// <param name="Attempt">The try that writes. What an earlier one wrote is worth nothing any more.</param>
/// <param name="From">How many characters of this try came before.</param>
/// <param name="Ended">With the last piece of a try, which may be empty: what it wrote is in the journal now, or worth nothing.</param>
public sealed record StepOutput(Guid JobId, string Key, int Attempt, long From, string Text, bool Ended = false);

/// <summary>Shows what steps write.</summary>
public interface IStepOutputWatcher
{
    /// <summary>The jobs of which it wants to hear now. Other processes that run them are told.</summary>
    IEnumerable<Guid> Jobs { get; }

    bool Watches(Guid jobId);

    /// <summary>Called for watched jobs only; must return at once and must not throw.</summary>
    void Hear(StepOutput output);
}

/// <summary>What steps write, of all processes: a few messages a second for each step that writes, and none while nobody watches its job.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class StepOutputs(TimeProvider time, ILogger<StepOutputs>? log = null)
{
    private ImmutableArray<IStepOutputWatcher> watchers = [];

    /// <summary>The way to the other processes; null where this one is alone.</summary>
    internal StepOutputSignals? Elsewhere { get; set; }

    internal IReadOnlyCollection<Guid> WatchedHere => watchers.SelectMany(w => w.Jobs).ToHashSet();

    /// <summary>Watches until the result is disposed.</summary>
    public IDisposable Watch(IStepOutputWatcher watcher)
    {
        ImmutableInterlocked.Update(ref watchers, (list, w) => list.Add(w), watcher);
        WatchMore();
        return new Watching(() => ImmutableInterlocked.Update(ref watchers, (list, w) => list.Remove(w), watcher));
    }

    /// <summary>A watcher wants to hear of another job from now on.</summary>
    public void WatchMore() => Elsewhere?.WatchMore();

    internal StepOutputWriter Open(Guid jobId, string key, int attempt) => new(this, time, jobId, key, attempt);

    internal bool IsWatched(Guid jobId) => watchers.Any(w => w.Watches(jobId)) || IsWatchedElsewhere(jobId);

    /// <summary>A step of this process wrote.</summary>
    internal void Publish(StepOutput output)
    {
        PublishHeard(output);
        if (IsWatchedElsewhere(output.JobId))
            Elsewhere!.Send(output);
    }

    /// <summary>To those who watch in this process.</summary>
    internal void PublishHeard(StepOutput output)
    {
        foreach (var watcher in watchers)
        {
            try
            {
                if (watcher.Watches(output.JobId))
                    watcher.Hear(output);
            }
            catch (Exception problem)
            {
                Log.WatcherFailed((ILogger?)log ?? NullLogger.Instance, problem);
            }
        }
    }

    private bool IsWatchedElsewhere(Guid jobId) => Elsewhere?.IsWanted(jobId) == true;

    private sealed class Watching(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}
