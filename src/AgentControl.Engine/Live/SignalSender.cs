using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Live;

/// <summary>
/// Tells the other processes which events were committed here: a few notifications a second, in transactions of their own,
/// because PostgreSQL makes commits with NOTIFY wait for one another.
/// </summary>
internal sealed class SignalSender(NpgsqlDataSource database, string me, TimeProvider time, ILogger logger)
{
    public const string Topic = "agentcontrol_events";
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<Guid, EventRange> waiting = new();
    private readonly Channel<bool> any = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Called with each publication of this process; returns at once.</summary>
    public void Add(IReadOnlyList<LiveEvent> events)
    {
        foreach (var one in events)
        {
            waiting.AddOrUpdate(
                one.JobId,
                static (id, no) => new(id, no, no),
                static (_, range, no) => range with { From = Math.Min(range.From, no), To = Math.Max(range.To, no) },
                one.No
            );
        }
        any.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await any.Reader.ReadAsync(stopping);
            await Task.Delay(Window, time, stopping);
            await SendAsync(stopping);
        }
    }

    /// <summary>What is still waiting, at the end of the process too.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var ranges = new List<EventRange>();
        foreach (var job in waiting.Keys)
        {
            if (waiting.TryRemove(job, out var range))
                ranges.Add(range);
        }
        if (ranges.Count == 0)
            return;
        try
        {
            await using var command = database.CreateCommand("SELECT pg_notify($1, text) FROM unnest($2) AS text");
            command.Parameters.Add(new() { Value = Topic });
            command.Parameters.Add(new() { Value = SignalText.Write(me, ranges).ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
        {
            // Watchers elsewhere find the gap by number. The next window tries again with these.
            Log.SignalsNotSent(logger, problem);
            foreach (var range in ranges)
                waiting.AddOrUpdate(
                    range.JobId,
                    range,
                    (_, newer) =>
                        newer with
                        {
                            From = Math.Min(range.From, newer.From),
                            To = Math.Max(range.To, newer.To),
                        }
                );
            any.Writer.TryWrite(true);
        }
    }
}
