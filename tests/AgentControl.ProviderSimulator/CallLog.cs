using System.Text.Json;

namespace AgentControl.Simulation;

/// <summary>One request as it came in.</summary>
/// <param name="No">1 for the first since the program started.</param>
/// <param name="At">When it came.</param>
/// <param name="Dialect">anthropic, openai (Chat Completions) or responses.</param>
/// <param name="Key">The key that it came with.</param>
/// <param name="RequestId">The id that it was answered with.</param>
/// <param name="Fault">The name of the fault that it met; null where it was answered well.</param>
public sealed record Call(
    int No,
    DateTimeOffset At,
    string Dialect,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    string? Key,
    JsonElement Body,
    string Model,
    string RequestId,
    string? Fault
);

/// <summary>Every request, in order.</summary>
public sealed class CallLog
{
    private readonly Lock gate = new();
    private readonly List<Call> calls = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> waiting = [];
    private int last;

    public IReadOnlyList<Call> All
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
                return calls.Count;
        }
    }

    public void Clear()
    {
        lock (gate)
            calls.Clear();
    }

    /// <summary>Ends when so many requests are in the log.</summary>
    public Task UntilAsync(int count, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (calls.Count >= count)
                return Task.CompletedTask;
            waiting.Add((count, reached));
        }
        return reached.Task.WaitAsync(cancellationToken);
    }

    internal int Next() => Interlocked.Increment(ref last);

    internal void Add(Call call)
    {
        lock (gate)
        {
            calls.Add(call);
            foreach (var (_, reached) in waiting.Where(w => calls.Count >= w.Count))
                reached.TrySetResult();
            waiting.RemoveAll(w => calls.Count >= w.Count);
        }
    }
}
