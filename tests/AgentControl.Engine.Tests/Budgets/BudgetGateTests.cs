using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Steps;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Services;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Tests.LanguageModels;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Budgets;

/// <summary>No call of a model begins past a limit, whatever dies, and a person's word counts once.</summary>
public sealed class BudgetGateTests(SharedModelWorld shared) : IClassFixture<SharedModelWorld>
{
    private readonly ModelWorld world = shared.Fresh();
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eighty_percent_warns_once_and_the_whole_asks_before_the_next_call()
    {
        var job = await LoopAsync(7, """{"modelCalls":5}""");
        await AskedAsync(job);
        Assert.Equal(5, world.Simulator.Calls.Count);
        Assert.Equal("budget", await world.AnomaliesAsync(job));
        Assert.Equal(
            "budget|The budget is spent: 5 of 5 model calls|more finish stop",
            await world.Engine.ScalarAsync<string>(
                $"SELECT kind || '|' || title || '|' || (SELECT string_agg(o ->> 'value', ' ') FROM jsonb_array_elements(options::jsonb) o) FROM approvals WHERE job_id = '{job}'"
            )
        );
        // More is as much as at first, and a new limit warns by its own 80 %.
        await DecideAsync(job, ApprovalDecision.Choose, "more");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(7, world.Simulator.Calls.Count);
        Assert.Equal("budget", await world.AnomaliesAsync(job));
        var reading = Assert.Single(await world.Engine.Get<BudgetQueries>().OfJobAsync(job, Now));
        Assert.Equal("7 of 10 model calls", reading.Text);
    }

    [Fact]
    public async Task A_call_that_waited_for_its_service_is_the_same_call_when_it_goes_on()
    {
        var services = world.Engine.Get<ServiceCommands>();
        await services.BlockAsync("anthropic", TimeSpan.FromHours(1), "New keys", EngineProcess.Ana, Now);
        var job = await LoopAsync(2, """{"modelCalls":2}""");
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT state = 'waiting' AND waiting_kind = 'service' FROM job_runs WHERE job_id = '{job}'"
        );
        await services.ResetAsync("anthropic", EngineProcess.Ana, Now);
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT state = 'succeeded' OR waiting_approval IS NOT NULL FROM job_runs WHERE job_id = '{job}'"
        );
        Assert.Equal("succeeded", await world.Engine.StateAsync(job));
        Assert.Equal(2, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task A_call_that_is_tried_again_after_a_failure_is_the_same_call()
    {
        world.Simulator.Faults.Add(
            "rateLimited",
            f =>
                f with
                {
                    Times = 1,
                    Headers = new Dictionary<string, string> { ["Retry-After"] = "7" },
                }
        );
        var job = await LoopAsync(1, """{"modelCalls":1}""");
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT state IN ('succeeded', 'failed') OR waiting_approval IS NOT NULL FROM job_runs WHERE job_id = '{job}'"
        );
        Assert.Equal("succeeded", await world.Engine.StateAsync(job));
        Assert.Equal(2, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task A_limit_that_is_passed_at_once_is_told_too()
    {
        var job = await LoopAsync(2, """{"modelCalls":1}""");
        await AskedAsync(job);
        Assert.Equal("budget", await world.AnomaliesAsync(job));
        Assert.Contains(
            "The budget is spent: 1 of 1 model call",
            await world.Engine.LogAsync(job),
            StringComparison.Ordinal
        );
        await DecideAsync(job, ApprovalDecision.Choose, "more");
        await world.Engine.UntilAsync(job, "succeeded", 60);
    }

    [Fact]
    public async Task An_amount_is_added_as_it_is_given_and_nonsense_is_refused()
    {
        var job = await LoopAsync(4, """{"modelCalls":1}""");
        await AskedAsync(job);
        foreach (var wrong in new object[] { -1, 1.5, "much", new { tokens = -5 }, new { dollars = 1 } })
            Assert.IsType<DecideOutcome.Invalid>(await TryDecideAsync(job, ApprovalDecision.Respond, wrong));
        await DecideAsync(job, ApprovalDecision.Respond, "2");
        await AskedAsync(job);
        Assert.Equal(3, world.Simulator.Calls.Count);
        await DecideAsync(job, ApprovalDecision.Respond, new { modelCalls = 1 });
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(4, world.Simulator.Calls.Count);
    }

    [Theory]
    [InlineData("""{"modelCalls":1}""", "Or answer with how much more it may use (model calls), for example `1`.", "1")]
    [InlineData(
        """{"modelCalls":1,"tokens":1}""",
        "Or answer with how much more it may use (tokens, modelCalls in model calls), for example `{\"tokens\": 1, \"modelCalls\": 1}`.",
        """{"tokens": 100000, "modelCalls": 1}"""
    )]
    public async Task The_question_says_how_to_answer_it_and_takes_what_it_says(
        string budget,
        string said,
        string written
    )
    {
        var job = await LoopAsync(2, budget);
        await AskedAsync(job);
        Assert.EndsWith(
            said,
            await world.Engine.ScalarAsync<string>($"SELECT body FROM approvals WHERE job_id = '{job}'"),
            StringComparison.Ordinal
        );
        await DecideAsync(job, ApprovalDecision.Respond, written);
        await world.Engine.UntilAsync(job, "succeeded", 60);
    }

    [Fact]
    public async Task Finish_now_leaves_one_last_answer_and_stays_decided_on_replay()
    {
        var held = new HoldPoint();
        var job = await world.RunAsync(
            async (job, models) =>
            {
                var path = new List<string>();
                for (var round = 0; ; round++)
                {
                    try
                    {
                        await job.AskModelAsync(models, "ask", "anthropic", ModelRequest.Of($"round {round}"));
                    }
                    catch (StepFailedException failed)
                    {
                        path.Add(failed.Failure.Type);
                        if (failed.Failure.Type == "budget")
                            break;
                        var last = await job.AskModelAsync(models, "last", "anthropic", ModelRequest.Of("finish"));
                        path.Add(last.Text);
                        if (job.Job.Attempt == 2)
                            await held.PassAsync(Now);
                    }
                }
                return string.Join('|', path);
            },
            """{"modelCalls":2}"""
        );
        await DecideAsync(job, ApprovalDecision.Choose, "finish");
        await held.Reached;
        await world.Engine.LoseWorkerAsync(job);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        held.Open();
        Assert.Equal("budgetFinish|You said: finish|budget", (await world.Engine.OutputAsync(job)).GetString());
        Assert.Equal(3, world.Simulator.Calls.Count);
        Assert.Equal(1L, await QuestionsAsync(job));
    }

    [Fact]
    public async Task Stop_fails_the_job_whatever_its_code_catches_and_a_retry_asks_anew()
    {
        var job = await world.RunAsync(
            async (job, models) =>
            {
                for (var round = 0; round < 3; round++)
                {
                    try
                    {
                        await job.AskModelAsync(models, "ask", "anthropic", ModelRequest.Of($"{round}"));
                    }
                    catch (StepFailedException)
                    {
                        // Code that looks away must not go on.
                    }
                }
                return "went on";
            },
            """{"tokens":1}"""
        );
        await DecideAsync(job, ApprovalDecision.Choose, "stop", "Too dear");
        await world.Engine.UntilAsync(job, "failed", 60);
        var (type, message) = await world.ErrorAsync(job);
        Assert.Equal("budget", type);
        Assert.Contains("Ana stopped the job. Too dear", message, StringComparison.Ordinal);
        Assert.Single(world.Simulator.Calls.All);
        await world.Engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now);
        await DecideAsync(job, ApprovalDecision.Respond, 1_000_000);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(3, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task Branches_share_one_question_and_what_needs_no_model_goes_on()
    {
        var job = await world.RunAsync(
            async (job, models) =>
            {
                await job.AskModelAsync(models, "first", "anthropic", ModelRequest.Of("first"));
                await job.Parallel(
                    "branch",
                    [0, 1, 2, 3],
                    4,
                    async (item, branch, _) =>
                    {
                        branch.Log($"branch {item} begins");
                        if (item == 3)
                            return await branch.StepAsync("plain", _ => Task.FromResult("plain"));
                        return (
                            await branch.AskModelAsync(models, "ask", "anthropic", ModelRequest.Of($"{item}"))
                        ).Text;
                    }
                );
                return "done";
            },
            """{"modelCalls":1}"""
        );
        await AskedAsync(job);
        Assert.Single(world.Simulator.Calls.All);
        Assert.True(
            await world.Engine.ScalarAsync<bool>(
                $"SELECT EXISTS (SELECT 1 FROM steps WHERE job_id = '{job}' AND name = 'plain' AND state = 'completed')"
            )
        );
        await DecideAsync(job, ApprovalDecision.Respond, 9);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal((4, 1L), (world.Simulator.Calls.Count, await QuestionsAsync(job)));
        // What was said before the question is in the log once.
        Assert.Equal(
            4L,
            await world.Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND message LIKE 'branch % begins'"
            )
        );
    }

    [Fact]
    public async Task A_worker_that_dies_before_the_question_is_on_disk_asks_all_the_same_and_calls_nobody()
    {
        var job = await LoopAsync(2, """{"modelCalls":1}""");
        await AskedAsync(job);
        await world.Engine.ExecuteAsync(
            $"""
            DELETE FROM waits WHERE job_id = '{job}';
            DELETE FROM approvals WHERE job_id = '{job}';
            UPDATE job_runs SET state = 'queued', waiting_kind = NULL, waiting_since = NULL, waiting_approval = NULL, waiting_detail = NULL WHERE job_id = '{job}';
            """
        );
        world.Engine.Get<LeaseSweeper>().Ring();
        await DecideAsync(job, ApprovalDecision.Choose, "more");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(2, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task Time_that_a_job_waits_is_not_counted_and_time_that_it_ran_is()
    {
        var job = await world.RunAsync(
            async (job, models) =>
            {
                await job.SleepAsync(TimeSpan.FromHours(1));
                await job.AskModelAsync(models, "ask", "anthropic", ModelRequest.Of("one"));
                return 1;
            },
            """{"wallSeconds":600}"""
        );
        await world.Engine.UntilAsync(job, "waiting", 60);
        await world.Engine.ExecuteAsync($"UPDATE job_runs SET worked_ms = worked_ms + 500000 WHERE job_id = '{job}'");
        await world.Engine.ExecuteAsync($"UPDATE waits SET due_at = ac_now() WHERE job_id = '{job}'");
        world.Engine.Get<TimerWaker>().Ring();
        await world.Engine.UntilAsync(job, "succeeded", 60);
        var reading = Assert.Single(await world.Engine.Get<BudgetQueries>().OfJobAsync(job, Now));
        Assert.InRange(reading.Used, 500, 590);
        Assert.Equal("budget", await world.AnomaliesAsync(job));
    }

    [Fact]
    public async Task A_submission_with_a_wrong_budget_is_refused_by_field()
    {
        var outcome = await world.Engine.Jobs.SubmitAsync(
            new JobSubmission
            {
                Agent = "test",
                Input = JsonSerializer.SerializeToElement(new { code = "none" }),
                Budget = JsonElement.Parse("""{"costUsd":-1,"calls":3}"""),
            },
            EngineProcess.Ana,
            null,
            Now
        );
        var errors = Assert.IsType<SubmitOutcome.Invalid>(outcome).Errors;
        Assert.Equal(["budget.calls", "budget.costUsd"], errors.Keys.Order(StringComparer.Ordinal));
    }

    private Task<Guid> LoopAsync(int rounds, string budget) =>
        world.RunAsync(
            async (job, models) =>
            {
                for (var round = 0; round < rounds; round++)
                    await job.AskModelAsync(models, "ask", "anthropic", ModelRequest.Of($"round {round}"));
                return rounds;
            },
            budget
        );

    private Task AskedAsync(Guid job) =>
        world.Engine.UntilTrueAsync(
            job,
            $"SELECT state = 'waiting' AND waiting_approval IS NOT NULL FROM job_runs WHERE job_id = '{job}'"
        );

    private Task<long> QuestionsAsync(Guid job) =>
        world.Engine.ScalarAsync<long>(
            $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'approval.requested'"
        );

    private async Task DecideAsync(Guid job, ApprovalDecision decision, object value, string? comment = null)
    {
        await AskedAsync(job);
        Assert.IsType<DecideOutcome.Decided>(await TryDecideAsync(job, decision, value, comment));
    }

    private async Task<DecideOutcome> TryDecideAsync(
        Guid job,
        ApprovalDecision decision,
        object value,
        string? comment = null
    )
    {
        var id = await world.Engine.ScalarAsync<Guid>(
            $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        return await world
            .Engine.Get<ApprovalCommands>()
            .DecideAsync(id, decision, 1, comment, JsonSerializer.SerializeToElement(value), Deciders.Ana, Now);
    }
}
