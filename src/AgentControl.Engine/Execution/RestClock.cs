using System.Diagnostics;

namespace AgentControl.Engine.Execution;

/// <summary>Measures how long all branches of an attempt waited on their worker at the same time: pauses between tries that are too short to park for.</summary>
internal sealed class RestClock
{
    private readonly Lock gate = new();
    private int branches = 1;
    private int resting;
    private long since;
    private TimeSpan total;

    /// <summary>Up to now.</summary>
    public TimeSpan Total
    {
        get
        {
            lock (gate)
                return total + (IsOn ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero);
        }
    }

    private bool IsOn => resting > 0 && resting >= branches;

    /// <summary>A branch waits on its worker until the result is disposed.</summary>
    public IDisposable Rest()
    {
        Change(0, 1);
        return new Waking(this);
    }

    public void BranchStarts() => Change(1, 0);

    public void BranchEnds() => Change(-1, 0);

    private void Change(int moreBranches, int moreResting)
    {
        lock (gate)
        {
            var was = IsOn;
            (branches, resting) = (branches + moreBranches, resting + moreResting);
            if (was && !IsOn)
                total += Stopwatch.GetElapsedTime(since);
            else if (!was && IsOn)
                since = Stopwatch.GetTimestamp();
        }
    }

    private sealed class Waking(RestClock clock) : IDisposable
    {
        private RestClock? clock = clock;

        public void Dispose() => Interlocked.Exchange(ref clock, null)?.Change(0, -1);
    }
}
