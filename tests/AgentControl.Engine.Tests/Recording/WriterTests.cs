using AgentControl.Core.Jobs;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentControl.Engine.Tests.Recording;

/// <summary>The statement of the writer itself: fence, busy rows, lost replies, content that cannot be written.</summary>
public sealed class WriterTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private GroupCommitWriter Writer(NpgsqlDataSource? pool = null, int leaseSeconds = 30) =>
        new(
            new EnginePool(pool ?? engine.Database),
            engine.Get<LeaseStore>(),
            new RecordingOptions("writer-test", TimeSpan.FromSeconds(leaseSeconds)),
            new EventFeed(),
            TimeProvider.System,
            NullLogger<GroupCommitWriter>.Instance
        );

    /// <summary>A job as a worker of this test holds it: nobody else serves its queue.</summary>
    private async Task<Guid> HeldAsync(int epoch = 1)
    {
        var id = await engine.SubmitAsync("test", new { code = "none" }, s => s with { Queue = "writer-test" });
        await engine.ExecuteAsync(
            $"UPDATE job_runs SET state = 'running', epoch = {epoch}, worker = 'writer-test', lease_until = ac_now() + interval '1 hour', leased_at = ac_now(), started_at = ac_now() WHERE job_id = '{id}'"
        );
        return id;
    }

    private static Contribution Step(string key, string? message = null)
    {
        var contribution = new Contribution();
        contribution.Steps.Add(new(key, key, "code", "completed", 0, 1, null, "1"u8.ToArray(), null, null, null, 0));
        contribution.Events.Add(new("step.completed", message ?? key));
        return contribution;
    }

    private Task<long> StepsAsync(Guid job) =>
        engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}'");

    private Task<bool> GaplessAsync(Guid job) =>
        engine.ScalarAsync<bool>(
            $"SELECT count(*) = max(no) AND max(no) = (SELECT last_no FROM job_runs WHERE job_id = '{job}') FROM events WHERE job_id = '{job}'"
        );

    [Fact]
    public async Task Of_two_writers_with_different_epochs_the_older_writes_nothing()
    {
        await using var writer = Writer();
        var job = await HeldAsync(epoch: 2);
        await writer.WriteAsync(new JobPen(job, 2), Step("mine"));
        await Assert.ThrowsAsync<LeaseLostException>(() => writer.WriteAsync(new JobPen(job, 1), Step("zombie")));
        await Assert.ThrowsAsync<LeaseLostException>(() => writer.WriteAsync(new JobPen(job, 1), new Contribution()));
        Assert.Equal(1L, await StepsAsync(job));
        Assert.True(await GaplessAsync(job));
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}' AND message = 'zombie'")
        );
    }

    [Fact]
    public async Task A_zombie_that_travels_beside_its_successor_writes_nothing_and_takes_nothing_from_it()
    {
        await using var writer = Writer();
        var (first, job) = (await HeldAsync(), await HeldAsync(epoch: 2));
        var (old, mine) = (new JobPen(job, 1), new JobPen(job, 2));
        // What comes while the first record is under way makes up the next batch.
        var under = writer.WriteAsync(new JobPen(first, 1), Step("first"));
        var zombie = writer.WriteAsync(old, Step("zombie"));
        var beat = writer.WriteAsync(mine, new Contribution());
        await under;
        await Assert.ThrowsAsync<LeaseLostException>(() => zombie);
        await beat;
        var both = writer.WriteAsync(new JobPen(first, 1) { WriteNo = 1 }, Step("second"));
        var end = writer.WriteAsync(
            old,
            new Contribution
            {
                End = new()
                {
                    State = "failed",
                    Error = "{}",
                    Event = new("job.failed", "zombie"),
                },
            }
        );
        var step = writer.WriteAsync(mine, Step("mine"));
        await both;
        await Assert.ThrowsAsync<LeaseLostException>(() => end);
        Assert.Equal("running", (await step).State);
        Assert.Equal(
            "mine",
            await engine.ScalarAsync<string>($"SELECT string_agg(key, ', ') FROM steps WHERE job_id = '{job}'")
        );
        Assert.True(await GaplessAsync(job));
    }

    [Fact]
    public async Task Word_that_a_step_runs_never_unmakes_its_result_in_the_same_commit()
    {
        await using var writer = Writer();
        var job = await HeldAsync();
        var pen = new JobPen(job, 1);
        var running = new Contribution();
        running.Steps.Add(new("work", "work", "code", "running", null, 0, null, null, null, null, null, 0));
        // What comes while the first record is under way makes up the next batch.
        var under = writer.WriteAsync(pen, Step("first"));
        await Task.WhenAll(under, writer.WriteAsync(pen, Step("work")), writer.WriteAsync(pen, running));
        Assert.Equal(
            "completed 1",
            await engine.ScalarAsync<string>(
                $"SELECT state || ' ' || convert_from(result, 'UTF8') FROM steps WHERE job_id = '{job}' AND key = 'work'"
            )
        );
    }

    [Fact]
    public async Task A_reply_that_was_lost_never_doubles_what_was_written()
    {
        await using var writer = Writer();
        var job = await HeldAsync();
        var pen = new JobPen(job, 1);
        await writer.WriteAsync(pen, Step("one"));
        // As if the reply had not come: the same contribution goes again under the same number.
        pen.WriteNo = 0;
        var reply = await writer.WriteAsync(pen, Step("one"));
        Assert.Equal(2, reply.LastNo);
        await writer.WriteAsync(pen, Step("two"));
        Assert.Equal(2L, await StepsAsync(job));
        Assert.Equal(3L, await engine.ScalarAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}'"));
        Assert.True(await GaplessAsync(job));
    }

    [Fact]
    public async Task Replies_that_the_network_swallows_lose_and_double_nothing()
    {
        await using var thief = shared.OpenThief();
        await using var pool = NpgsqlDataSource.Create(thief.ConnectionString);
        await using var writer = Writer(pool);
        var (alone, together) = (await HeldAsync(), await HeldAsync());
        var (one, other) = (new JobPen(alone, 1), new JobPen(together, 1));
        await writer.WriteAsync(one, Step("first"));
        for (var i = 1; i <= 5; i++)
        {
            thief.StealNext();
            await writer.WriteAsync(one, Step($"step{i}"));
            thief.StealNext();
            await Task.WhenAll(writer.WriteAsync(one, Step($"both{i}")), writer.WriteAsync(other, Step($"both{i}")));
        }
        var end = new Contribution
        {
            End = new()
            {
                State = "succeeded",
                Output = "1"u8.ToArray(),
                Event = new("job.succeeded", "Completed"),
            },
        };
        thief.StealNext();
        await writer.WriteAsync(other, end);

        Assert.Equal(11, thief.Stolen);
        Assert.Equal(11L, await StepsAsync(alone));
        Assert.Equal(5L, await StepsAsync(together));
        Assert.True(await GaplessAsync(alone));
        Assert.True(await GaplessAsync(together));
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{together}' AND type = 'job.succeeded'"
            )
        );
    }

    [Fact]
    public async Task A_connection_that_dies_between_batches_loses_and_doubles_nothing()
    {
        await using var pool = shared.OpenPool("dying");
        await using var writer = Writer(pool);
        var job = await HeldAsync();
        var pen = new JobPen(job, 1);
        for (var i = 1; i <= 5; i++)
        {
            await writer.WriteAsync(pen, Step($"step{i}"));
            await engine.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'"
            );
        }
        Assert.Equal(5L, await StepsAsync(job));
        Assert.True(await GaplessAsync(job));
    }

    [Fact]
    public async Task A_row_that_somebody_holds_waits_and_holds_up_nobody()
    {
        await using var writer = Writer();
        var (busy, free) = (await HeldAsync(), await HeldAsync());
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        await using var transaction = await connection.BeginTransactionAsync(Now);
        await using (
            var hold = new NpgsqlCommand(
                $"SELECT 1 FROM job_runs WHERE job_id = '{busy}' FOR UPDATE",
                connection,
                transaction
            )
        )
            await hold.ExecuteNonQueryAsync(Now);
        var waits = writer.WriteAsync(new JobPen(busy, 1), Step("busy"));
        await writer.WriteAsync(new JobPen(free, 1), Step("free"));
        Assert.False(waits.IsCompleted);
        await transaction.RollbackAsync(Now);
        await waits;
        Assert.Equal(1L, await StepsAsync(busy));
    }

    [Fact]
    public async Task What_cannot_be_written_fails_alone()
    {
        await using var writer = Writer();
        var jobs = new List<Guid>();
        for (var i = 0; i < 4; i++)
            jobs.Add(await HeldAsync());
        string[] keys = ["good", "zero\0byte", "lone\ud800", "fine"];
        var writes = jobs.Select((job, i) => writer.WriteAsync(new JobPen(job, 1), Step(keys[i]))).ToArray();
        await writes[0];
        await Assert.ThrowsAnyAsync<Exception>(() => writes[1]);
        await Assert.ThrowsAnyAsync<Exception>(() => writes[2]);
        await writes[3];
        long[] expected = [1, 0, 0, 1];
        for (var i = 0; i < jobs.Count; i++)
            Assert.Equal(expected[i], await StepsAsync(jobs[i]));
        // The writer itself goes on.
        await writer.WriteAsync(new JobPen(await HeldAsync(), 1), Step("after"));
    }

    [Fact]
    public async Task Many_branches_of_many_jobs_keep_every_log_gapless()
    {
        await using var writer = Writer();
        var pens = new List<JobPen>();
        for (var i = 0; i < 10; i++)
            pens.Add(new JobPen(await HeldAsync(), 1));
        await Task.WhenAll(
            pens.SelectMany(pen =>
                Enumerable.Range(0, 20).Select(i => Task.Run(() => writer.WriteAsync(pen, Step($"step{i}")), Now))
            )
        );
        foreach (var pen in pens)
        {
            Assert.Equal(20L, await StepsAsync(pen.JobId));
            Assert.True(await GaplessAsync(pen.JobId));
            Assert.Equal(
                0L,
                await engine.ScalarAsync<long>(
                    $"SELECT count(*) FROM steps s JOIN events e ON e.job_id = s.job_id AND e.no = s.no WHERE s.job_id = '{pen.JobId}' AND e.message <> s.key"
                )
            );
        }
    }

    [Theory]
    [InlineData("UPDATE events SET message = 'changed' WHERE job_id = '{0}'")]
    [InlineData("DELETE FROM events WHERE job_id = '{0}'")]
    public async Task The_log_is_only_ever_added_to(string statement)
    {
        var job = await HeldAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            engine.ExecuteAsync(string.Format(null, statement, job))
        );
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }
}
