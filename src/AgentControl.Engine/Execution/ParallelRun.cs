using AgentControl.Core.Agents;

namespace AgentControl.Engine.Execution;

/// <summary>One <c>Parallel</c>: branches with contexts of their own; a branch that waits gives its place to the next item.</summary>
internal sealed class ParallelRun<TItem, TResult>(
    Attempt attempt,
    int limit,
    Func<int, Action, (Scope Scope, IJobContext Context)> branch,
    Func<TItem, IJobContext, CancellationToken, Task<TResult>> body,
    Scope around
)
{
    private readonly Scope around = around;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult[] results = [];
    private Exception? first;
    private DateTimeOffset latest;
    private int next;
    private int running;
    private int completed;

    public async Task<(IReadOnlyList<TResult> Results, DateTimeOffset At)> RunAsync(IReadOnlyList<TItem> items)
    {
        if (items.Count == 0)
            return ([], default);
        results = new TResult[items.Count];
        Fill(items);
        // The caller's branch rests while its items run; the last item's end wakes it.
        attempt.BranchRests();
        await done.Task;
        if (first is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        return (results, latest);
    }

    private bool AllWait
    {
        get
        {
            lock (gate)
                return running == 0 && completed < next && (next == results.Length || first is not null);
        }
    }

    private void Fill(IReadOnlyList<TItem> items)
    {
        while (true)
        {
            int index;
            lock (gate)
            {
                if (next >= items.Count || running >= limit || first is not null)
                    return;
                index = next++;
                running++;
            }
            attempt.BranchStarts();
            _ = RunBranchAsync(items, index);
        }
    }

    private async Task RunBranchAsync(IReadOnlyList<TItem> items, int index)
    {
        await Task.Yield();
        var place = new Place(this, items);
        Scope? scope = null;
        try
        {
            (scope, var context) = branch(index, place.GiveBack);
            results[index] = await body(items[index], context, attempt.Cancellation);
        }
        catch (Exception problem)
        {
            lock (gate)
                first ??= problem;
        }
        if (scope is not null)
        {
            attempt.Forget(scope);
            // What it said behind its last step goes with the next record of the branch that it belongs to.
            around.Adopt(scope);
        }
        End(place, scope?.Now ?? default);
    }

    private void End(Place place, DateTimeOffset at)
    {
        bool over;
        lock (gate)
        {
            completed++;
            latest = at > latest ? at : latest;
            // After a failure no new item starts: the rest need not end, only those under way.
            over = completed == results.Length || (first is not null && completed == next);
        }
        place.GiveBack();
        if (over)
        {
            attempt.BranchStarts();
            done.TrySetResult();
        }
        attempt.BranchRests();
    }

    /// <summary>One of the places that limit how many items run at once.</summary>
    private sealed class Place(ParallelRun<TItem, TResult> run, IReadOnlyList<TItem> items)
    {
        private int given;

        public void GiveBack()
        {
            if (Interlocked.Exchange(ref given, 1) == 1)
                return;
            lock (run.gate)
                run.running--;
            run.Fill(items);
            // Nothing of it runs and something is left: all that is left waits, and so does the branch around.
            if (run.AllWait)
                run.around.Rests?.Invoke();
        }
    }
}
