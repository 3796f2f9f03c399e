using System.Diagnostics;
using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using Npgsql;

namespace AgentControl.Chaos.Host;

/// <summary>Numbers the statements that write for jobs, and the leases that were taken, and kills this process before or after the one it was told.</summary>
internal sealed class CrashPoint : IDisposable
{
    private const string Tag = "crash.no";
    private readonly ActivityListener listener;
    private int count;
    private int at = int.MaxValue;
    private bool after;

    public CrashPoint()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (after && activity.GetTagItem(Tag) is int number && number == at)
                    Kill();
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>Statements counted since the last order.</summary>
    public int Count => Volatile.Read(ref count);

    public NpgsqlDataSourceBuilder Watch(NpgsqlDataSourceBuilder builder)
    {
        builder.ConfigureTracing(options =>
            options
                .ConfigureCommandEnrichmentCallback((activity, command) => Seen(activity, command.CommandText))
                .ConfigureBatchEnrichmentCallback(
                    (activity, batch) => Seen(activity, batch.BatchCommands[0].CommandText)
                )
        );
        return builder;
    }

    public void Arm(int number, bool afterIt) => (count, at, after) = (0, number, afterIt);

    /// <summary>A lease that was taken is a point of its own, behind its commit and before its attempt: asking for leases has no number, getting one has.</summary>
    public void Heard(IReadOnlyList<LiveEvent> events)
    {
        foreach (var _ in events.Where(e => e.Type == EventTypes.JobStarted))
        {
            if (Interlocked.Increment(ref count) == at)
                Kill();
        }
    }

    /// <summary>As <c>kill -9</c>, by its own hand.</summary>
    public static void Kill()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    public void Dispose() => listener.Dispose();

    private void Seen(Activity activity, string sql)
    {
        if (!Writes(sql))
            return;
        var number = Interlocked.Increment(ref count);
        activity.SetTag(Tag, number);
        if (!after && number == at)
            Kill();
    }

    /// <summary>What runs whether there is work or not (asking for leases, the list of workers) has no number, so that the numbers follow the job.</summary>
    private static bool Writes(string sql) =>
        !sql.Contains("FOR UPDATE OF", StringComparison.Ordinal)
        && !sql.Contains("workers", StringComparison.Ordinal)
        && (
            sql.Contains("INSERT", StringComparison.Ordinal)
            || sql.Contains("UPDATE", StringComparison.Ordinal)
            || sql.Contains("DELETE", StringComparison.Ordinal)
            || sql.Contains("ac_", StringComparison.Ordinal) && !sql.Contains("ac_now()", StringComparison.Ordinal)
        );
}
