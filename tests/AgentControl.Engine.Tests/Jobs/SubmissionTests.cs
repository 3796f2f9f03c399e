using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Jobs;

public sealed class SubmissionTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private JobSubmission Submission(object? input = null) =>
        new()
        {
            Agent = "test",
            Input = JsonSerializer.SerializeToElement(
                input ?? shared.Input((_, _) => Task.FromResult<object?>(1)),
                Core.Json.JournalJson.Options
            ),
        };

    private static IdempotencyKey Key(string key, string body) =>
        new("ana", "POST /jobs", key, SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public async Task Twenty_equal_submissions_at_once_make_one_job_and_another_body_is_refused()
    {
        var submission = Submission();
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => engine.Jobs.SubmitAsync(submission, EngineProcess.Ana, Key("k1", "a"), Now))
        );
        var accepted = outcomes.OfType<SubmitOutcome.Accepted>().ToArray();
        Assert.Equal(20, accepted.Length + outcomes.OfType<SubmitOutcome.InFlight>().Count());
        Assert.Single(accepted, a => !a.Replayed);
        var id = Assert.Single(accepted.Select(a => a.Id).Distinct());
        var again = Assert.IsType<SubmitOutcome.Accepted>(
            await engine.Jobs.SubmitAsync(submission, EngineProcess.Ana, Key("k1", "a"), Now)
        );
        Assert.Equal((id, true), (again.Id, again.Replayed));
        Assert.IsType<SubmitOutcome.KeyReused>(
            await engine.Jobs.SubmitAsync(submission, EngineProcess.Ana, Key("k1", "b"), Now)
        );
        await engine.UntilAsync(id, "succeeded");
        Assert.Equal(1L, await engine.ScalarAsync<long>($"SELECT count(*) FROM submission_keys WHERE key = 'k1'"));
    }

    [Fact]
    public async Task A_batch_is_accepted_whole_or_not_at_all_and_replayed_with_its_jobs()
    {
        var item = Submission().Input;
        var before = await engine.ScalarAsync<long>("SELECT count(*) FROM jobs");
        var wrong = new BatchSubmission(Submission(), [item, JsonSerializer.SerializeToElement(1)]);
        Assert.Contains(
            "items[1]",
            Assert
                .IsType<SubmitOutcome.Invalid>(await engine.Jobs.SubmitBatchAsync(wrong, EngineProcess.Ana, null, Now))
                .Errors.Keys
        );
        Assert.IsType<SubmitOutcome.Invalid>(
            await engine.Jobs.SubmitBatchAsync(new(Submission(), []), EngineProcess.Ana, null, Now)
        );
        Assert.IsType<SubmitOutcome.Invalid>(
            await engine.Jobs.SubmitBatchAsync(
                new(Submission(), Enumerable.Repeat(item, 10_001).ToArray()),
                EngineProcess.Ana,
                null,
                Now
            )
        );
        Assert.Equal(before, await engine.ScalarAsync<long>("SELECT count(*) FROM jobs"));

        var batch = new BatchSubmission(Submission(), Enumerable.Repeat(item, 50).ToArray());
        var first = Assert.IsType<SubmitOutcome.AcceptedBatch>(
            await engine.Jobs.SubmitBatchAsync(batch, EngineProcess.Ana, Key("b1", "x"), Now)
        );
        var replayed = Assert.IsType<SubmitOutcome.AcceptedBatch>(
            await engine.Jobs.SubmitBatchAsync(batch, EngineProcess.Ana, Key("b1", "x"), Now)
        );
        Assert.Equal((first.BatchId, true), (replayed.BatchId, replayed.Replayed));
        Assert.Equal(first.Jobs.Order(), replayed.Jobs.Order());
        foreach (var job in first.Jobs)
            await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_repeated_batch_answers_the_first_jobs_also_when_they_went_on_as_others()
    {
        var second = shared.Input((_, _) => Task.FromResult<object?>(2));
        var first = shared.Input(
            async (job, _) =>
            {
                await job.ContinueAsNewAsync(second);
                return 1;
            }
        );
        var batch = new BatchSubmission(
            Submission(first),
            [JsonSerializer.SerializeToElement(first, Core.Json.JournalJson.Options)]
        );
        var submitted = Assert.IsType<SubmitOutcome.AcceptedBatch>(
            await engine.Jobs.SubmitBatchAsync(batch, EngineProcess.Ana, Key("b2", "x"), Now)
        );
        await engine.UntilAsync(Assert.Single(submitted.Jobs), "succeeded");
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM jobs WHERE batch_id = '{submitted.BatchId}'")
        );

        var again = Assert.IsType<SubmitOutcome.AcceptedBatch>(
            await engine.Jobs.SubmitBatchAsync(batch, EngineProcess.Ana, Key("b2", "x"), Now)
        );

        Assert.Equal(submitted.Jobs, again.Jobs);
    }

    [Fact]
    public async Task What_is_too_large_or_ill_formed_is_refused_by_field()
    {
        var large = Submission(new { code = "none", text = new string('x', 1024 * 1024) });
        Assert.Equal(
            "input",
            Assert
                .IsType<SubmitOutcome.TooLarge>(await engine.Jobs.SubmitAsync(large, EngineProcess.Ana, null, Now))
                .Field
        );

        var wrong = Submission() with
        {
            Name = "a\u0000b",
            Tags = ["ok", "\ud800 alone"],
            Priority = 3,
            Queue = "No Queue",
            TimeoutSeconds = 0,
            MaxAttempts = 101,
        };
        var errors = Assert
            .IsType<SubmitOutcome.Invalid>(await engine.Jobs.SubmitAsync(wrong, EngineProcess.Ana, null, Now))
            .Errors;
        Assert.Equal(
            ["maxAttempts", "name", "priority", "queue", "tags", "timeoutSeconds"],
            errors.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            "agent",
            Assert
                .IsType<SubmitOutcome.Invalid>(
                    await engine.Jobs.SubmitAsync(Submission() with { Agent = "nobody" }, EngineProcess.Ana, null, Now)
                )
                .Errors.Keys
        );
    }

    [Theory]
    [InlineData('\u202e')]
    [InlineData('\u2066')]
    public async Task A_name_that_reads_otherwise_than_it_is_is_refused(char turn)
    {
        var refusal = await engine.Jobs.SubmitAsync(
            Submission() with
            {
                Name = $"pay {turn}001",
            },
            EngineProcess.Ana,
            null,
            Now
        );

        Assert.Contains("direction", Assert.IsType<SubmitOutcome.Invalid>(refusal).Errors["name"][0]);
    }

    [Fact]
    public async Task A_job_for_later_starts_at_its_time_and_not_before()
    {
        var id = await engine.SubmitAsync(
            "test",
            shared.Input((_, _) => Task.FromResult<object?>(1)),
            s => s with { RunAt = DateTimeOffset.UtcNow.AddHours(1) }
        );
        Assert.Equal("scheduled", await engine.StateAsync(id));
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.PauseAsync(id, EngineProcess.Ana, null, Now)).Result);
        var probe = await engine.SubmitAsync("test", shared.Input((_, _) => Task.FromResult<object?>(1)));
        await engine.UntilAsync(probe, "succeeded");
        Assert.Equal("scheduled", await engine.StateAsync(id));
        await engine.ShiftClockAsync("61 minutes");
        await engine.UntilAsync(id, "succeeded");
    }

    public static readonly TheoryData<string> Nasty = new(
        "\u0000",
        "a\ud800b",
        "\udc00",
        "\u202e\u2066evil\u2069",
        "'; DROP TABLE jobs; --",
        "\u001f\u0001\u001b[31m",
        "🚀 ñ \u0301",
        "%s {0} $1 \\x00"
    );

    [Theory]
    [MemberData(nameof(Nasty))]
    public async Task Text_from_agents_breaks_nothing(string text)
    {
        var id = await shared.StartAsync(async job =>
        {
            job.Log(text);
            job.Think(text);
            job.Observe(text);
            await job.ReportProgressAsync(1, 2, text, text);
            await job.ReportAnomalyAsync("test", text, new { text });
            var result = await job.StepAsync("step " + text, _ => Task.FromResult(text));
            await job.StashAsync("key " + text.Length, text);
            await job.Workspace.CommentAsync("A comment " + text);
            try
            {
                await job.StepAsync<int>(
                    "bad " + text,
                    _ => throw new Core.Jobs.PermanentFailureException("broken", text)
                );
            }
            catch (Core.Steps.StepFailedException)
            {
                // It is recorded, which is the point.
            }
            await job.WaitForSignalAsync<string>("signal " + text);
            return result;
        });
        await engine.UntilAsync(id, "waiting");
        await engine
            .Get<Engine.Signals.SignalCommands>()
            .SendAsync(id, "signal " + text, JsonSerializer.SerializeToElement("x"), EngineProcess.Ana, null, Now);
        await engine.UntilAsync(id, "succeeded");
        // Through JSON a lone surrogate becomes the replacement character; everything else comes back as it was.
        var expected = JsonSerializer.Deserialize<string>(JsonSerializer.SerializeToUtf8Bytes(text));
        Assert.Equal(expected, (await engine.OutputAsync(id)).GetString());
    }

    [Fact]
    public async Task A_job_that_fails_with_such_text_fails_with_its_story()
    {
        var id = await shared.StartAsync(
            (_, _) => throw new Core.Jobs.PermanentFailureException("broken", "zero \u0000 lone \ud800 end")
        );
        await engine.UntilAsync(id, "failed");
        Assert.Equal("broken", await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{id}'"));
    }
}
