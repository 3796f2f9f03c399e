using System.Collections.Concurrent;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Dispatch;

/// <summary>Leases for all hands of a lane that are free at one moment in one statement.</summary>
internal sealed class LaneLeaser(LeaseStore store)
{
    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.Ordinal);

    /// <summary>The lane's next job for the caller; null where none is queued.</summary>
    public Task<LeasedJob?> NextAsync(string queue, string? bell, CancellationToken cancellationToken) =>
        lanes.GetOrAdd(queue, name => new Lane(name)).AskAsync(store, bell, cancellationToken);

    private sealed class Lane(string queue)
    {
        private readonly Lock gate = new();
        private List<TaskCompletionSource<LeasedJob?>> asking = [];
        private bool underWay;

        public Task<LeasedJob?> AskAsync(LeaseStore store, string? bell, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource<LeasedJob?>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (gate)
            {
                asking.Add(answer);
                if (underWay)
                    return answer.Task;
                underWay = true;
            }
            _ = ServeAsync(store, bell, cancellationToken);
            return answer.Task;
        }

        private async Task ServeAsync(LeaseStore store, string? bell, CancellationToken cancellationToken)
        {
            while (true)
            {
                List<TaskCompletionSource<LeasedJob?>> round;
                lock (gate)
                {
                    if (asking.Count == 0)
                    {
                        underWay = false;
                        return;
                    }
                    (round, asking) = (asking, []);
                }
                try
                {
                    // A stop must not lose leases that were just taken: the statement itself is not cancelled.
                    var jobs = cancellationToken.IsCancellationRequested
                        ? []
                        : await store.TakeAsync(queue, round.Count, bell, CancellationToken.None);
                    for (var i = 0; i < round.Count; i++)
                        round[i].SetResult(i < jobs.Count ? jobs[i] : null);
                }
                catch (Exception problem)
                {
                    round.ForEach(r => r.TrySetException(problem));
                }
            }
        }
    }
}
