using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Recording;

/// <summary>Writes what the jobs of this process record: everything that waits travels in one statement and one commit; a lone job does not wait for company.</summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    /// <summary>Most jobs in one statement: keeps a batch in the low milliseconds.</summary>
    private const int MaxJobs = 128;

    private static readonly TimeSpan MaxGather = TimeSpan.FromMicroseconds(300);
    private readonly EnginePool database;
    private readonly LeaseStore leases;
    private readonly RecordingOptions options;
    private readonly EventFeed feed;
    private readonly TimeProvider time;
    private readonly ILogger<GroupCommitWriter> log;
    private readonly ConcurrentQueue<JobPen> queue = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private bool leading;
    private bool closed;

    /// <summary>Jobs in the larger of the last two batches: one that came too late travels alone and must not teach the others to.</summary>
    private int company;
    private int previous;
    private readonly Dictionary<RecordForm, RecordCommand> commands = [];
    private readonly HashSet<Guid> jobs = [];
    private NpgsqlConnection? connection;

    public GroupCommitWriter(
        EnginePool database,
        LeaseStore leases,
        RecordingOptions options,
        EventFeed feed,
        TimeProvider time,
        ILogger<GroupCommitWriter> log
    )
    {
        (this.database, this.leases, this.options) = (database, leases, options);
        (this.feed, this.time, this.log) = (feed, time, log);
    }

    /// <summary>Completes when the contribution is on disk. Fails with <see cref="LeaseLostException"/> when the fence refused it.</summary>
    /// <remarks>Whoever finds nobody writing writes for all: a lone job's record goes out on its own thread.</remarks>
    public Task<RecordReply> WriteAsync(JobPen pen, Contribution contribution)
    {
        var done = pen.Add(contribution);
        Write(pen);
        return done;
    }

    /// <summary>Writes what was added to the pen.</summary>
    public void Write(JobPen pen)
    {
        if (!pen.TryEnqueue())
            return;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            queue.Enqueue(pen);
            if (leading)
                return;
            leading = true;
        }
        _ = LeadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closed = true;
            if (!leading)
                idle.TrySetResult();
        }
        await idle.Task;
        await DropAsync();
    }

    /// <summary>Writes until nothing waits.</summary>
    private async Task LeadAsync()
    {
        var batch = new List<JobPen>();
        while (true)
        {
            await GatherAsync(company - batch.Count);
            Fill(batch);
            if (batch.Count > 0)
            {
                (company, previous) = (Math.Max(batch.Count, previous), batch.Count);
                batch = await CommitAsync(batch);
                continue;
            }
            lock (gate)
            {
                if (!queue.IsEmpty)
                    continue;
                leading = false;
                if (closed)
                    idle.TrySetResult();
                return;
            }
        }
    }

    /// <summary>The statement tells jobs apart, not pens: where a lost attempt's pen and its successor's both write, one waits for the next batch.</summary>
    private void Fill(List<JobPen> batch)
    {
        jobs.Clear();
        batch.ForEach(p => jobs.Add(p.JobId));
        List<JobPen>? later = null;
        while (batch.Count < MaxJobs && queue.TryDequeue(out var pen))
        {
            pen.InFlight ??= pen.Take();
            if (pen.InFlight is null)
                Leave(pen);
            else if (jobs.Add(pen.JobId))
                batch.Add(pen);
            else
                (later ??= []).Add(pen);
        }
        later?.ForEach(queue.Enqueue);
    }

    /// <summary>Jobs that travelled together come back almost together: a moment's wait halves the commits. A lone job waits for nobody.</summary>
    private async Task GatherAsync(int expected)
    {
        var since = Stopwatch.GetTimestamp();
        while (expected > 1 && queue.Count < expected && Stopwatch.GetElapsedTime(since) < MaxGather)
            await Task.Yield();
    }

    private void Leave(JobPen pen)
    {
        if (!pen.TryLeave())
            queue.Enqueue(pen);
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
        commands.Clear();
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
        var sentAt = Stopwatch.GetTimestamp();
        var form = RecordCommand.FormOf(batch);
        var (answers, leased) = await ExecuteAsync(form, batch);
        if (form == RecordForm.Single && answers.Count == 0)
            (answers, leased) = await ExecuteAsync(RecordForm.Lean, batch);
        Deal(leased, batch, answers);
        var bell = batch.Select(p => p.InFlight!.End?.Next).FirstOrDefault(n => n is not null)?.Bell;
        var busy = new List<JobPen>();
        var events = new List<LiveEvent>();
        foreach (var pen in batch)
            Settle(pen, answers, sentAt, busy, events);
        feed.Publish(events);
        leases.Publish(leased, bell);
        feed.Touch(time.GetUtcNow());
        if (busy.Count == batch.Count)
            await Task.Delay(options.BusyPause, time);
        return busy;
    }

    private async Task<(Dictionary<Guid, Answer> Answers, IReadOnlyList<LeasedJob> Leased)> ExecuteAsync(
        RecordForm form,
        List<JobPen> batch
    )
    {
        connection ??= await database.OpenAsync();
        if (!commands.TryGetValue(form, out var command))
            commands[form] = command = new RecordCommand(connection, form, options, leases);
        var answers = new Dictionary<Guid, Answer>(batch.Count);
        await using var reader = await command.ExecuteAsync(batch);
        while (await reader.ReadAsync())
            answers[reader.GetGuid(0)] = Read(reader);
        return (answers, await reader.NextResultAsync() ? await LeaseStore.ReadAsync(reader) : []);
    }

    private static Answer Read(NpgsqlDataReader reader) =>
        new(
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

    /// <summary>Gives the jobs that came with the ends to the hands that asked, each in its own lane.</summary>
    private static void Deal(IReadOnlyList<LeasedJob> leased, List<JobPen> batch, Dictionary<Guid, Answer> answers)
    {
        if (leased.Count == 0)
            return;
        var lanes = leased.GroupBy(j => j.Queue).ToDictionary(g => g.Key, g => new Queue<LeasedJob>(g));
        foreach (var pen in batch)
            if (
                pen.InFlight!.End?.Next is { } ask
                && answers.TryGetValue(pen.JobId, out var answer)
                && answer.Done
                && lanes.TryGetValue(ask.Queue, out var jobs)
                && jobs.TryDequeue(out var job)
            )
                answers[pen.JobId] = answer with { Reply = answer.Reply with { Next = job } };
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
        Leave(pen);
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
