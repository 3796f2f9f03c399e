using System.Threading.Channels;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Tests.Jobs;
using AgentControl.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentControl.Engine.Tests.Live;

/// <summary>Two processes on one database, each with a feed of its own.</summary>
public sealed class PostgresSignalsTests(PostgresFixture postgres)
{
    private const string KillListeners = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (query ILIKE 'LISTEN%' OR query LIKE '%pg_snapshot_xmin%')
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_one_process_commits_the_other_publishes_once_and_in_order()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var database = await postgres.CreateDatabaseAsync(end.Token);
        await using var here = await Process.StartAsync(database, end.Token);
        await using var there = await Process.StartAsync(database, end.Token);
        var job = Guid.CreateVersion7();

        for (var no = 1; no <= 500; no++)
            await (no % 7 == 0 ? there : here).CommitAsync(job, no, end.Token);
        await here.SeenAsync(500, end.Token);
        await there.SeenAsync(500, end.Token);

        foreach (var process in new[] { here, there })
            Assert.Equal(Enumerable.Range(1, 500).Select(n => (long)n), process.Seen.Select(e => e.No).Order());
        Assert.Equal(
            Enumerable.Range(1, 500).Where(n => n % 7 != 0).Select(n => (long)n),
            there.Seen.Select(e => e.No).Where(n => n % 7 != 0)
        );
    }

    [Fact]
    public async Task A_slow_transaction_hides_no_event_of_the_others_and_is_not_lost_itself()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var database = await postgres.CreateDatabaseAsync(end.Token);
        await using var writer = await Process.StartAsync(database, end.Token);
        await using var reader = await Process.StartAsync(database, end.Token);
        var (slow, quick) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var connection = await writer.Database.OpenConnectionAsync(end.Token);
        await using var transaction = await connection.BeginTransactionAsync(end.Token);
        await Process.InsertAsync(connection, slow, 1, end.Token);

        for (var no = 1; no <= 20; no++)
            await writer.CommitAsync(quick, no, end.Token);
        await reader.SeenAsync(20, end.Token);
        await transaction.CommitAsync(end.Token);
        writer.Feed.Publish([Process.Event(slow, 1)]);
        await reader.SeenAsync(21, end.Token);

        Assert.Equal(slow, reader.Seen[^1].JobId);
    }

    [Fact]
    public async Task After_a_lost_connection_everything_that_was_missed_comes_once()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var database = await postgres.CreateDatabaseAsync(end.Token);
        await using var writer = await Process.StartAsync(database, end.Token);
        await using var reader = await Process.StartAsync(database, end.Token);
        var job = Guid.CreateVersion7();
        await writer.CommitAsync(job, 1, end.Token);
        await reader.SeenAsync(1, end.Token);

        // Committed and never announced, as by a process that died in between; then the listening connections break.
        await using (var connection = await writer.Database.OpenConnectionAsync(end.Token))
        {
            for (var no = 2; no <= 50; no++)
                await Process.InsertAsync(connection, job, no, end.Token);
        }
        await using (var kill = writer.Database.CreateCommand(KillListeners))
            Assert.Equal(2L, await kill.ExecuteScalarAsync(end.Token));
        await reader.SeenAsync(50, end.Token);

        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), reader.Seen.Select(e => e.No));
    }

    [Fact]
    public async Task A_new_line_of_the_audit_log_is_told_whoever_wrote_it_also_where_there_is_always_something_to_hear()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var database = await postgres.CreateDatabaseAsync(end.Token);
        await using var noisy = await Process.StartAsync(database, end.Token);
        await using var reader = await Process.StartAsync(database, end.Token);
        var told = Channel.CreateUnbounded<long>();
        using var watching = reader.Audit.Subscribe(line => told.Writer.TryWrite(line));
        Assert.Equal(0, await told.Reader.ReadAsync(end.Token));

        var (job, no) = (Guid.CreateVersion7(), 0L);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        var noise = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                    await noisy.CommitAsync(job, ++no, end.Token);
            },
            end.Token
        );
        await reader.SeenAsync(1, end.Token);
        await using (var connection = await noisy.Database.OpenConnectionAsync(end.Token))
            await AuditLog.AppendAsync(connection, null, new(Actor.System, "key.created", "key:1"), end.Token);
        var line = await told.Reader.ReadAsync(end.Token);
        await enough.CancelAsync();
        await noise;

        Assert.Equal(1, line);
        Assert.False(told.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_tail_fills_every_gap_of_the_feed_from_the_log()
    {
        using var end = new CancellationTokenSource(Patience);
        await using var database = await postgres.CreateDatabaseAsync(end.Token);
        await using var data = NpgsqlDataSource.Create(database.ConnectionString);
        var feed = new EventFeed();
        var job = Guid.CreateVersion7();
        using var tail = new EventTail(
            feed,
            new EventQueries(ManyJobs.Contexts(database.ConnectionString)),
            TimeProvider.System,
            job,
            0
        );
        await using var connection = await data.OpenConnectionAsync(end.Token);
        var seen = new List<long>();

        for (var no = 1; no <= 200; no++)
        {
            await Process.InsertAsync(connection, job, no, end.Token);
            // Of three events the feed loses one, tells one twice and one late.
            if (no % 3 == 1)
                feed.Publish([Process.Event(job, no), Process.Event(job, no)]);
            if (no % 3 == 0)
                feed.Publish([Process.Event(job, no), Process.Event(job, no - 1)]);
            if (no % 10 == 0)
                seen.AddRange((await tail.NextAsync(TimeSpan.FromSeconds(10), end.Token)).Select(e => e.No));
        }
        while (seen.Count < 200)
            seen.AddRange((await tail.NextAsync(TimeSpan.FromMilliseconds(100), end.Token)).Select(e => e.No));

        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), seen);
    }

    /// <summary>A feed with its signals, and what came through it.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly PostgresSignals signals;
        private readonly Channel<LiveEvent> arrived = Channel.CreateUnbounded<LiveEvent>();

        private Process(TestDatabase database)
        {
            Database = NpgsqlDataSource.Create(database.ConnectionString);
            signals = new(Database, Feed, TimeProvider.System, NullLogger<PostgresSignals>.Instance, audit: Audit);
            Feed.Subscribe(events =>
            {
                foreach (var one in events)
                    arrived.Writer.TryWrite(one);
            });
        }

        public NpgsqlDataSource Database { get; }

        public EventFeed Feed { get; } = new();

        public AuditChanges Audit { get; } = new();

        public List<LiveEvent> Seen { get; } = [];

        public static async Task<Process> StartAsync(TestDatabase database, CancellationToken stop)
        {
            var process = new Process(database);
            await process.signals.StartAsync(stop);
            await process.signals.Listening.WaitAsync(stop);
            return process;
        }

        public static LiveEvent Event(Guid job, long no) =>
            new(job, no, DateTimeOffset.UnixEpoch, "agent.log", "info", "line", null, null);

        public static async Task InsertAsync(NpgsqlConnection connection, Guid job, long no, CancellationToken stop)
        {
            await using var insert = new NpgsqlCommand(
                "INSERT INTO events (job_id, no, at, type, level, message) VALUES ($1, $2, ac_now(), 'agent.log', 'info', 'line')",
                connection
            );
            insert.Parameters.Add(new() { Value = job });
            insert.Parameters.Add(new() { Value = no });
            await insert.ExecuteNonQueryAsync(stop);
        }

        /// <summary>As writers do: first the commit, then the feed.</summary>
        public async Task CommitAsync(Guid job, long no, CancellationToken stop)
        {
            await using var connection = await Database.OpenConnectionAsync(stop);
            await InsertAsync(connection, job, no, stop);
            Feed.Publish([Event(job, no)]);
        }

        public async Task SeenAsync(int count, CancellationToken stop)
        {
            while (Seen.Count < count)
                Seen.Add(await arrived.Reader.ReadAsync(stop));
        }

        public async ValueTask DisposeAsync()
        {
            await signals.StopAsync(CancellationToken.None);
            signals.Dispose();
            await Database.DisposeAsync();
        }
    }
}
