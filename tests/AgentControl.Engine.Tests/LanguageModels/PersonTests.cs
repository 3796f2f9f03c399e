using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Steps;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>A refusal, or an end that nobody foresaw: a person says how it goes on, once, whatever dies meanwhile.</summary>
public sealed class PersonTests(SharedModelWorld shared) : IClassFixture<SharedModelWorld>
{
    private readonly ModelWorld world = shared.Fresh();
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Try_again_sends_the_request_once_more()
    {
        world.Simulator.Faults.Add("refusal", f => f with { Times = 2 });
        var job = await world.AskAsync("anthropic");
        await DecideAsync(job, ApprovalDecision.Choose, "run");
        // The second refusal is a question of its own.
        await DecideAsync(job, ApprovalDecision.Choose, "run");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(3, world.Simulator.Calls.Count);
        Assert.Equal(
            "3 2 2",
            await world.Engine.ScalarAsync<string>(
                $"SELECT s.attempt || ' ' || (SELECT count(*) FROM approvals WHERE job_id = '{job}') || ' ' || (SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'step.retrying') FROM steps s WHERE job_id = '{job}' AND kind = 'model'"
            )
        );
    }

    [Fact]
    public async Task Fail_the_step_is_what_the_code_sees_and_stays()
    {
        world.Simulator.Faults.Add("unknownStop");
        List<string> seen = [];
        var held = new HoldPoint();
        var job = await world.RunAsync(
            async (job, models) =>
            {
                try
                {
                    await job.AskModelAsync(models, "ask", "openai", ModelRequest.Of("?"));
                }
                catch (StepFailedException failed)
                {
                    seen.Add(failed.Failure.Type + " " + failed.Failure.Message);
                }
                if (seen.Count == 1)
                    await held.PassAsync(Now);
                return seen.Count;
            }
        );
        await DecideAsync(job, ApprovalDecision.Choose, "fail", "Not worth it");
        await held.Reached;
        await world.Engine.LoseWorkerAsync(job);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        held.Open();
        Assert.Equal(2, seen.Count);
        Assert.Single(seen.Distinct());
        Assert.StartsWith("unknown openai stopped with 'quantum_decoherence'", seen[0], StringComparison.Ordinal);
        Assert.EndsWith("Ana: Not worth it", seen[0], StringComparison.Ordinal);
        Assert.Single(world.Simulator.Calls.All);
    }

    [Fact]
    public async Task A_person_answers_in_the_models_place()
    {
        world.Simulator.Faults.Add("refusedInWords");
        var job = await world.RunAsync(
            async (job, models) => await job.AskModelAsync(models, "ask", "responses", ModelRequest.Of("?"))
        );
        await DecideAsync(job, ApprovalDecision.Respond, "Forty-two.");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        var output = await world.Engine.OutputAsync(job);
        Assert.Equal(
            ("Forty-two.", "person"),
            (output.GetProperty("text").GetString(), output.GetProperty("stopReason").GetString())
        );
        Assert.Single(world.Simulator.Calls.All);
    }

    [Fact]
    public async Task A_step_whose_result_is_no_text_takes_no_answer()
    {
        var job = await world.RunAsync(
            async (job, _) =>
                await job.StepAsync<int>(
                    "count",
                    _ =>
                        throw new Core.Services.ServiceException(
                            "no",
                            new() { Status = 200, StopReason = "content_filter" }
                        ),
                    new() { Service = "anthropic" }
                )
        );
        await world.Engine.UntilAsync(job, "waiting", 60);
        Assert.False(
            await world.Engine.ScalarAsync<bool>(
                $"SELECT 'respond' = ANY(decisions) FROM approvals WHERE job_id = '{job}'"
            )
        );
        await world.Engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
    }

    [Fact]
    public async Task A_worker_that_dies_before_it_could_ask_asks_all_the_same_and_calls_nobody_again()
    {
        world.Simulator.Faults.Add("refusal");
        var job = await world.AskAsync("anthropic");
        await world.Engine.UntilAsync(job, "waiting", 60);
        // As if the worker had died between the record of the refusal and the question.
        await world.Engine.ExecuteAsync(
            $"""
            DELETE FROM waits WHERE job_id = '{job}';
            DELETE FROM approvals WHERE job_id = '{job}';
            UPDATE job_runs SET state = 'queued', waiting_kind = NULL, waiting_since = NULL, waiting_approval = NULL, waiting_detail = NULL WHERE job_id = '{job}';
            """
        );
        world.Engine.Get<LeaseSweeper>().Ring();
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM approvals WHERE job_id = '{job}' AND state = 'pending')"
        );
        Assert.Single(world.Simulator.Calls.All);
        await DecideAsync(job, ApprovalDecision.Respond, "By hand");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Single(world.Simulator.Calls.All);
    }

    private async Task DecideAsync(Guid job, ApprovalDecision decision, string value, string? comment = null)
    {
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT state = 'waiting' AND waiting_approval IS NOT NULL FROM job_runs WHERE job_id = '{job}'"
        );
        var id = await world.Engine.ScalarAsync<Guid>(
            $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        var outcome = await world
            .Engine.Get<ApprovalCommands>()
            .DecideAsync(id, decision, 1, comment, JsonSerializer.SerializeToElement(value), Deciders.Ana, Now);
        Assert.IsType<DecideOutcome.Decided>(outcome);
    }
}
