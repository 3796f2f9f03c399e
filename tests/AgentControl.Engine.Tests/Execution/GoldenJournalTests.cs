using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Execution.Golden;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>Journals of earlier programs: today's code takes them as they are, and writes the same.</summary>
public sealed class GoldenJournalTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private const string Reference = "reference.json";
    private const string Retried = "retried.json";
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Reference)]
    [InlineData(Retried)]
    public async Task A_recorded_journal_replays_to_its_output_and_no_body_runs(string name)
    {
        var golden = GoldenJournal.Read(name);
        // The code has moved on to a newer version of its change; the job follows the one that it recorded.
        var code = new GoldenAgents { Version = 3 };
        var id = name == Reference ? GoldenJournal.Job : Guid.CreateVersion7();
        await golden.InsertAsync(engine, id, Input(name, code));
        await engine.UntilAsync(id, "succeeded");

        Assert.Empty(code.Ran);
        var output = await engine.OutputAsync(id);
        Assert.True(JsonElement.DeepEquals(golden.Output, output), $"Expected {golden.Output}\nbut found {output}");
        Assert.Equal(golden.Steps, await GoldenJournal.StepsAsync(engine, id));
        Assert.Equal(0L, await AnomaliesAsync(id, ""));
        Assert.Empty(await engine.Get<InvariantCheck>().RunAsync(Now));
    }

    [Fact]
    public async Task Two_steps_that_swapped_their_inputs_stop_the_job_and_ask()
    {
        var code = new GoldenAgents { Swapped = true };
        var id = Guid.CreateVersion7();
        await GoldenJournal.Read(Reference).InsertAsync(engine, id, Input(Reference, code));
        await engine.UntilAsync(id, "waiting");

        Assert.Empty(code.Ran);
        Assert.Equal(1L, await AnomaliesAsync(id, "AND data LIKE '%nonDeterminism%' AND message LIKE '%''net''%'"));
        Assert.Equal(
            "nonDeterminism pending",
            await engine.ScalarAsync<string>($"SELECT kind || ' ' || state FROM approvals WHERE job_id = '{id}'")
        );
    }

    [Fact]
    public async Task An_entry_that_nobody_asked_for_is_told_at_the_end()
    {
        var golden = GoldenJournal.Read(Reference);
        var left = golden.Steps.Single(s => s.Key == "send#1") with { Key = "forgotten#1", Name = "forgotten" };
        var code = new GoldenAgents();
        var id = Guid.CreateVersion7();
        await (golden with { Steps = [.. golden.Steps, left] }).InsertAsync(engine, id, Input(Reference, code));
        await engine.UntilAsync(id, "succeeded");

        Assert.Empty(code.Ran);
        Assert.Equal(1L, await AnomaliesAsync(id, ""));
        Assert.Equal(
            1L,
            await AnomaliesAsync(
                id,
                "AND level = 'warning' AND data LIKE '%nonDeterminism%' AND data LIKE '%forgotten#1%'"
            )
        );
    }

    [Fact]
    public async Task The_engine_writes_the_reference_journal_as_it_is_checked_in()
    {
        var children = Enumerable.Range(1, 2).Select(n => shared.Input((_, _) => Task.FromResult<object?>(n)));
        var code = new GoldenAgents { Children = [.. children] };
        var job = await shared.StartAsync(code.ReferenceAsync);
        await engine.UntilTrueAsync(job, $"SELECT EXISTS (SELECT 1 FROM approvals WHERE job_id = '{job}')");
        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(approval, ApprovalDecision.Approve, 1, "fine", null, Deciders.Ana, Now);
        await engine
            .Get<SignalCommands>()
            .SendAsync(
                job,
                "paid",
                JsonSerializer.SerializeToElement(new Cursor(5, "cash"), JsonSerializerOptions.Web),
                EngineProcess.Ana,
                null,
                Now
            );
        await engine.UntilTrueAsync(
            job,
            $"SELECT state = 'waiting' AND waiting_kind = 'timer' FROM job_runs WHERE job_id = '{job}'"
        );
        await engine.ShiftClockAsync("2 hours");
        await AssertWritesAsync(Reference, job);
    }

    [Fact]
    public async Task The_engine_writes_the_journal_of_a_retried_job_as_it_is_checked_in()
    {
        var (code, refused) = (new GoldenAgents(), true);
        var job = await shared.StartAsync(context => code.RetriedAsync(context, refused));
        await engine.UntilAsync(job, "failed");
        refused = false;
        await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now);
        await AssertWritesAsync(Retried, job);
    }

    private async Task AssertWritesAsync(string name, Guid job)
    {
        await engine.UntilAsync(job, "succeeded");
        var found = new GoldenJournal(await engine.OutputAsync(job), await GoldenJournal.StepsAsync(engine, job));
        var saved = found.Save(name);
        Assert.True(
            found.Steps.ToHashSet().SetEquals(GoldenJournal.Read(name).Steps),
            $"The engine writes another journal than Execution/Golden/{name}; jobs in flight would notice. See {saved}."
        );
    }

    private CodeInput Input(string name, GoldenAgents code) =>
        shared.Input((job, _) => name == Reference ? code.ReferenceAsync(job) : code.RetriedAsync(job, refused: true));

    private Task<long> AnomaliesAsync(Guid job, string and) =>
        engine.ScalarAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'anomaly' {and}");
}
