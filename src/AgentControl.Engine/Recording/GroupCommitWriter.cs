using System.Diagnostics;
using System.Threading.Channels;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Recording;

/// <summary>Writes what the jobs of this process record: everything that waits travels in one statement and one commit; a lone job does not wait for company.</summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    /// <summary>Most jobs in one statement: keeps a batch in the low milliseconds.</summary>
    private const int MaxJobs = 128;
    private readonly NpgsqlDataSource database;
    private readonly RecordingOptions options;
    private readonly EventFeed feed;
    private readonly TimeProvider time;
    private readonly ILogger<GroupCommitWriter> log;
    private readonly Channel<JobPen> queue = Channel.CreateUnbounded<JobPen>(new() { SingleReader = true });
    private readonly Task loop;
    private NpgsqlConnection? connection;

    public GroupCommitWriter(
        NpgsqlDataSource database,
        RecordingOptions options,
        EventFeed feed,
        TimeProvider time,
        ILogger<GroupCommitWriter> log
    )
    {
        (this.database, this.options, this.feed, this.time, this.log) = (database, options, feed, time, log);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when the contribution is on disk. Fails with <see cref="LeaseLostException"/> when the fence refused it.</summary>
    public Task<RecordReply> WriteAsync(JobPen pen, Contribution contribution)
    {
        var done = pen.Add(contribution);
        if (pen.TryEnqueue())
            ObjectDisposedException.ThrowIf(!queue.Writer.TryWrite(pen), this);
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        if (connection is not null)
            await connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<JobPen>();
        while (batch.Count > 0 || await queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxJobs && queue.Reader.TryRead(out var pen))
            {
                pen.InFlight ??= pen.Take();
                if (pen.InFlight is null)
                    pen.Leave(queue.Writer);
                else
                    batch.Add(pen);
            }
            if (batch.Count > 0)
                batch = await CommitAsync(batch);
        }
    }

    /// <summary>Commits what it can and returns the pens that must be tried again.</summary>
    private async Task<List<JobPen>> CommitAsync(List<JobPen> batch)
    {
        try
        {
            return await SendAsync(batch);
        }
        catch (Exception problem) when (IsOutage(problem))
        {
            return await AfterOutageAsync(batch, problem);
        }
        catch (Exception problem)
        {
            // Something in it cannot be written: the others must not suffer for it.
            await DropAsync();
            if (batch.Count == 1)
            {
                Finish(batch[0], b => b.Fail(problem));
                return [];
            }
            Log.BatchRefused(log, problem, batch.Count);
            var left = new List<JobPen>();
            foreach (var pen in batch)
                left.AddRange(await CommitAsync([pen]));
            return left;
        }
    }

    /// <summary>The database is away, or busy with itself: the same statement may succeed later.</summary>
    public static bool IsOutage(Exception problem) =>
        problem switch
        {
            PostgresException refused => refused.IsTransient || refused.SqlState[..2] is "57" or "53" or "08",
            NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => true,
            _ => false,
        };

    /// <summary>A connection on which a statement broke off may be half written: the next one is new.</summary>
    private async Task DropAsync()
    {
        var broken = connection;
        connection = null;
        if (broken is not null)
            await broken.DisposeAsync();
    }

    private async Task<List<JobPen>> AfterOutageAsync(List<JobPen> batch, Exception problem)
    {
        Log.WriterCutOff(log, problem, batch.Count);
        await DropAsync();
        var left = new List<JobPen>();
        foreach (var pen in batch)
        {
            // Past its lease the job may run elsewhere: this attempt ends here.
            if (Stopwatch.GetElapsedTime(pen.LastReply) > options.Lease)
                Finish(pen, b => b.Fail(new LeaseLostException(pen.JobId, pen.Epoch)));
            else
                left.Add(pen);
        }
        await Task.Delay(options.OutagePause, time);
        return left;
    }

    private async Task<List<JobPen>> SendAsync(List<JobPen> batch)
    {
        connection ??= await OpenAsync();
        var sentAt = Stopwatch.GetTimestamp();
        var answers = new Dictionary<Guid, Answer>(batch.Count);
        await using (var command = RecordCommand.Build(batch, options.Worker, options.Lease, connection))
        {
            await command.PrepareAsync();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                answers[reader.GetGuid(0)] = new Answer(
                    reader.GetBoolean(1),
                    reader.GetBoolean(2),
                    reader.GetInt64(4),
                    new RecordReply(
                        reader.GetFieldValue<DateTimeOffset>(3),
                        reader.GetInt64(5),
                        reader.GetBoolean(6),
                        reader.GetBoolean(7),
                        reader.GetInt32(8),
                        reader.GetString(9)
                    ),
                    reader.FieldCount > 10 && !reader.IsDBNull(10)
                        ? new EventRecord(
                            reader.GetString(10),
                            reader.GetString(12),
                            reader.IsDBNull(13) ? null : reader.GetString(13),
                            reader.GetString(11)
                        )
                        : null
                );
            }
        }
        var busy = new List<JobPen>();
        var events = new List<LiveEvent>();
        foreach (var pen in batch)
            Settle(pen, answers, sentAt, busy, events);
        feed.Publish(events);
        feed.Touch(time.GetUtcNow());
        if (busy.Count == batch.Count)
            await Task.Delay(options.BusyPause, time);
        return busy;
    }

    /// <summary>A connection that plans the record statement once: planning anew costs more than running it.</summary>
    private async Task<NpgsqlConnection> OpenAsync()
    {
        var opened = await database.OpenConnectionAsync();
        await Storage.Sql.ExecuteAsync(opened, "SET plan_cache_mode = force_generic_plan");
        return opened;
    }

    private void Settle(
        JobPen pen,
        Dictionary<Guid, Answer> answers,
        long sentAt,
        List<JobPen> busy,
        List<LiveEvent> events
    )
    {
        if (!answers.TryGetValue(pen.JobId, out var answer))
        {
            if (Stopwatch.GetElapsedTime(pen.LastReply) > options.Lease)
                Finish(pen, b => b.Fail(new LeaseLostException(pen.JobId, pen.Epoch)));
            else
                busy.Add(pen);
            return;
        }
        if (!answer.Done)
        {
            Finish(pen, b => b.Fail(new LeaseLostException(pen.JobId, pen.Epoch)));
            return;
        }
        pen.Heard(sentAt);
        var batch = pen.InFlight!;
        pen.WriteNo = batch.WriteNo;
        if (answer.Written)
            events.AddRange(Published(pen.JobId, batch, answer));
        Finish(pen, b => b.Succeed(answer.Reply));
    }

    private void Finish(JobPen pen, Action<PenBatch> how)
    {
        var batch = pen.InFlight!;
        pen.InFlight = null;
        pen.Leave(queue.Writer);
        how(batch);
    }

    private static IEnumerable<LiveEvent> Published(Guid jobId, PenBatch batch, Answer answer) =>
        batch
            .Numbered()
            .Select(e =>
            {
                var line = e.Final ? answer.Last ?? e.Event : e.Event;
                return new LiveEvent(
                    jobId,
                    answer.Base + e.Index,
                    answer.Reply.Now,
                    line.Type,
                    line.Level,
                    line.Message,
                    line.Data,
                    e.Event.Actor
                );
            });

    private sealed record Answer(bool Written, bool Done, long Base, RecordReply Reply, EventRecord? Last);
}
