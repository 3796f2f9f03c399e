using AgentControl.Engine.Events;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Waits;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentControl.Engine.Tests.Execution.Leases;

/// <summary>One job on its own queue, and workers that each believe in the last lease that they took.</summary>
internal sealed class LeaseRun : IAsyncDisposable
{
    private const int Workers = 3;
    private const int MaxAttempts = 2;
    private static int runs;
    private readonly EngineProcess engine;
    private readonly Func<Task> sweep;
    private readonly Hand[] hands;
    private readonly List<JobPen> pens = [];
    private readonly LeaseModel model = new(MaxAttempts);
    private readonly string queue = $"lease-{Interlocked.Increment(ref runs)}";
    private Guid job;
    private int names;

    public LeaseRun(EngineProcess engine, Func<Task> sweep)
    {
        (this.engine, this.sweep) = (engine, sweep);
        hands = [.. Enumerable.Range(0, Workers).Select(n => new Hand(engine, $"{queue}-{n}"))];
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async Task PlayAsync((Move Move, int Worker)[] moves)
    {
        job = await engine.SubmitAsync("test", new { }, s => s with { Queue = queue, MaxAttempts = MaxAttempts });
        var before = await LookAsync();
        foreach (var (move, worker) in moves)
        {
            var hand = hands[worker % Workers];
            var changes = model.Apply(move, hand.Pen?.Epoch);
            var done = await DoAsync(move, hand);
            Assert.True(done is null || done == changes, $"{move}: {done} instead of {changes} for {model}");
            var after = await LookAsync();
            Assert.Equal($"{move}: {model}", $"{move}: {after.Row}");
            Assert.True(changes || before.Traces == after.Traces, $"{move}: {before.Traces} became {after.Traces}");
            before = after;
        }
        foreach (var pen in pens)
            Assert.Equal(model.IsHeldBy(pen.Epoch), await WritesAsync(hands[0], pen, new Contribution()));
    }

    /// <returns>Whether the engine says that it was done; null where it says nothing.</returns>
    private async Task<bool?> DoAsync(Move move, Hand hand)
    {
        switch (move)
        {
            case Move.Take:
                return await TakeAsync(hand);
            case Move.TakeAtOnce:
                return (await Task.WhenAll(hands.Select(TakeAsync))).Count(taken => taken) switch
                {
                    0 => false,
                    1 => true,
                    var holders => throw new InvalidOperationException($"{holders} workers hold the job"),
                };
            case Move.Lapse:
                await engine.ExecuteAsync(
                    $"UPDATE job_runs SET lease_until = ac_now() - interval '1 second' WHERE job_id = '{job}' AND state = 'running'"
                );
                return null;
            case Move.Sweep:
                await sweep();
                return null;
            case Move.Answer:
                return await AnswerAsync();
            case Move.Cancel:
                await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
                return null;
            default:
                return hand is { Lease: { } lease, Pen: { } pen } && await WriteAsync(move, hand, lease, pen);
        }
    }

    private async Task<bool> TakeAsync(Hand hand)
    {
        var taken = await hand.Leases.TakeAsync(queue, Workers, null, Now);
        if (taken.Count == 0)
            return false;
        hand.Lease = Assert.Single(taken);
        Assert.Equal(model.Epoch, hand.Lease.Epoch);
        hand.Pen = new JobPen(job, hand.Lease.Epoch);
        pens.Add(hand.Pen);
        return true;
    }

    private Task<bool> WriteAsync(Move move, Hand hand, LeasedJob lease, JobPen pen)
    {
        EndRecord End(string state) =>
            new()
            {
                State = state,
                Output = state == "succeeded" ? "1"u8.ToArray() : null,
                Wakes = lease.Wakes,
                Event = new($"job.{state}", state),
            };
        return move switch
        {
            Move.OpenWait => OpensAsync(lease, pen),
            Move.Record => WritesAsync(hand, pen, Step($"step{++names}")),
            Move.Park => WritesAsync(hand, pen, new Contribution { End = End("waiting") }),
            Move.HandBack => WritesAsync(hand, pen, new Contribution { End = End("queued") }),
            Move.Finish => WritesAsync(hand, pen, new Contribution { End = End("succeeded") }),
            _ => WritesAsync(hand, pen, new Contribution()),
        };
    }

    private static async Task<bool> WritesAsync(Hand hand, JobPen pen, Contribution what)
    {
        try
        {
            await hand.Writer.WriteAsync(pen, what);
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }

    private async Task<bool> OpensAsync(LeasedJob lease, JobPen pen)
    {
        var key = $"nap{++names}";
        try
        {
            await engine
                .Get<WaitStore>()
                .OpenAsync(
                    pen,
                    lease,
                    [new OpenWait(key, key, "timer", null) { DueIn = TimeSpan.FromHours(1) }],
                    [new EventRecord("agent.log", key)]
                );
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }

    private static Contribution Step(string key)
    {
        var contribution = new Contribution();
        contribution.Steps.Add(new(key, key, "code", "completed", 0, 1, null, "1"u8.ToArray(), null, null, null, 0));
        contribution.Events.Add(new("step.completed", key));
        return contribution;
    }

    private async Task<bool> AnswerAsync()
    {
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        await using var transaction = await connection.BeginTransactionAsync(Now);
        await JobLog.LockAsync(connection, job);
        var open = await Sql.ScalarAsync<string>(
            connection,
            "SELECT key FROM waits WHERE job_id = $1 ORDER BY key LIMIT 1",
            job
        );
        if (open is null)
            return false;
        await JobLog.AppendAsync(connection, job, new("job.resumed", open));
        var answered = await JobLog.AnswerAsync(connection, job, open, "null"u8.ToArray(), fast: false);
        await transaction.CommitAsync(Now);
        return answered;
    }

    /// <summary>The row as the model tells it, and everything that a write could have left behind.</summary>
    private async Task<(string Row, string Traces)> LookAsync()
    {
        var texts = await engine.ScalarAsync<string[]>(
            $"""
            SELECT ARRAY[r.state || ', epoch ' || r.epoch || ', strikes ' || r.strikes || ', steps ' || r.steps || ', wakes ' || r.wakes
                || ', waits ' || (SELECT count(*) FROM waits WHERE job_id = r.job_id),
              r::text || (SELECT count(*) FROM steps WHERE job_id = r.job_id) || ' steps ' || (SELECT count(*) FROM events WHERE job_id = r.job_id) || ' events '
                || (SELECT count(*) FROM job_results WHERE job_id = r.job_id) || ' results']
              FROM job_runs r WHERE r.job_id = '{job}'
            """
        );
        return (texts[0], texts[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hand in hands)
            await hand.Writer.DisposeAsync();
    }

    private sealed class Hand(EngineProcess engine, string name)
    {
        private static readonly TimeSpan Length = TimeSpan.FromHours(1);

        public LeaseStore Leases { get; } =
            new(
                engine.Get<EnginePool>(),
                new WorkerIdentity(name, Length),
                engine.Get<Engine.Agents.AgentCatalog>(),
                new EventFeed()
            );

        public GroupCommitWriter Writer { get; } =
            new(
                engine.Get<EnginePool>(),
                engine.Get<LeaseStore>(),
                new RecordingOptions(name, Length),
                new EventFeed(),
                TimeProvider.System,
                NullLogger<GroupCommitWriter>.Instance
            );

        public LeasedJob? Lease { get; set; }

        public JobPen? Pen { get; set; }
    }
}
