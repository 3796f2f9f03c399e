namespace AgentControl.Engine.Live;

/// <summary>Remembers which events this process has published, so that none is published twice. Jobs that were silent for long are forgotten.</summary>
internal sealed class SeenEvents(TimeProvider time)
{
    private const int PruneAbove = 20_000;
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, NumberRanges> byJob = [];
    private int pruneAt = PruneAbove;

    /// <summary>Those of the events that were not seen before.</summary>
    public List<LiveEvent> Add(IReadOnlyList<LiveEvent> events)
    {
        var now = time.GetTimestamp();
        var fresh = new List<LiveEvent>(events.Count);
        lock (gate)
        {
            foreach (var one in events)
            {
                if (!byJob.TryGetValue(one.JobId, out var numbers))
                    byJob[one.JobId] = numbers = new();
                if (numbers.Add(one.No, now))
                    fresh.Add(one);
            }
            if (byJob.Count > pruneAt)
                Prune(now);
        }
        return fresh;
    }

    private void Prune(long now)
    {
        foreach (var (job, numbers) in byJob.ToList())
        {
            if (time.GetElapsedTime(numbers.TouchedAt, now) > KeepFor)
                byJob.Remove(job);
        }
        // Where all are in use there is no point in looking at each of them again at every event.
        pruneAt = Math.Max(PruneAbove, byJob.Count * 2);
    }
}
