using System.Collections.Concurrent;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Dispatch;

/// <summary>All lanes of this process: their gates, their next jobs.</summary>
internal sealed class Lanes(LaneLeaser leaser, AttemptRunner runner)
{
    private readonly ConcurrentDictionary<string, LaneGate> gates = new(StringComparer.Ordinal);

    /// <summary>Raised when gates were set differently.</summary>
    public event EventHandler? Changed;

    public LaneGate Gate(string queue) => gates.GetOrAdd(queue, name => new LaneGate(name));

    public IReadOnlyCollection<LaneGate> All => [.. gates.Values];

    /// <summary>Sets all gates that are given; the others stay.</summary>
    public void Set(IReadOnlyDictionary<string, (int Workers, bool Paused)> settings)
    {
        var changed = false;
        foreach (var (queue, (workers, paused)) in settings)
            changed |= Gate(queue).Set(workers, paused);
        if (changed)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Works the lane off until it is empty, its gate closes or the process stops. Returns at once where all hands are busy.</summary>
    /// <param name="bell">The Hangfire job that rang.</param>
    public async Task WorkAsync(string queue, string? bell, CancellationToken stopping)
    {
        var gate = Gate(queue);
        var again = true;
        while (again && !stopping.IsCancellationRequested && gate.TryEnter())
        {
            try
            {
                for (var job = await NextAsync(); job is not null; )
                    job = await runner.RunAsync(job, stopping, Ask) ?? await NextAsync();
            }
            finally
            {
                again = gate.Exit();
            }
        }

        bool MayTake() => gate.MayStay() && !stopping.IsCancellationRequested;
        // The end of a job brings the next one; a lane that was found empty is asked once more.
        LeaseAsk? Ask() => MayTake() ? new LeaseAsk(queue, bell) : null;
        async Task<LeasedJob?> NextAsync() => MayTake() ? await leaser.NextAsync(queue, bell, stopping) : null;
    }
}
