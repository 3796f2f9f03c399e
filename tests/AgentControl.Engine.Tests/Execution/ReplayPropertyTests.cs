using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Execution.Programs;
using AgentControl.Engine.Tests.Fixtures;
using CsCheck;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>Random programs, cut anywhere by dead workers and failures: each comes to what it comes to without cuts, and does nothing twice that it recorded.</summary>
public sealed class ReplayPropertyTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    [Fact]
    public async Task However_a_program_is_cut_it_ends_as_if_it_never_was()
    {
        // Nobody waits ten seconds for a retry here.
        await engine.ExecuteAsync(
            """
            CREATE FUNCTION retry_now() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := ac_now(); RETURN NEW; END $$;
            CREATE TRIGGER retry_now BEFORE INSERT OR UPDATE ON waits FOR EACH ROW WHEN (NEW.kind = 'retry') EXECUTE FUNCTION retry_now()
            """
        );
        using var hurry = engine
            .Get<EventFeed>()
            .Subscribe(events =>
            {
                if (events.Any(e => e.Type == EventTypes.JobParked))
                    engine.Get<TimerWaker>().Ring();
            });

        await RandomProgram.Any.SampleAsync(CheckAsync, iter: 40, threads: 4);

        Assert.Empty(await engine.Get<InvariantCheck>().RunAsync(TestContext.Current.CancellationToken));
    }

    private async Task CheckAsync(RandomProgram program)
    {
        var model = ProgramModel.Of(program);
        var run = new ProgramRun(shared, program);

        var job = await run.FinishAsync();

        Assert.True(await engine.StateAsync(job) == "succeeded", await engine.LogAsync(job));
        Assert.Empty(run.Cuts);
        Assert.Equal(model.Output, (await engine.OutputAsync(job)).GetString());
        var recorded = await RecordedAsync(job);
        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), recorded.Keys.Order(StringComparer.Ordinal));
        await AssertLogAsync(job, program, model);
        AssertEffects(program, model, run, recorded);
        Assert.All(run.Derived.GroupBy(d => d.Line), line => Assert.Single(line.Distinct()));
        Assert.Equal(
            run.Derived.Select(d => d.Line).Distinct().Count(),
            run.Derived.Select(d => d.Id).Distinct().Count()
        );
    }

    /// <summary>A step's effects all come before its record, and are one and one more for each time that it was cut off.</summary>
    private static void AssertEffects(
        RandomProgram program,
        ProgramModel model,
        ProgramRun run,
        Dictionary<string, DateTimeOffset> recorded
    )
    {
        var deaths = program.Cuts.Count(c => c.Value is Cut.Death or Cut.DeathInStep);
        var effects = run.Effects.ToLookup(e => e.Key, StringComparer.Ordinal);
        Assert.Subset(model.Effects.Values.ToHashSet(), effects.Select(e => e.Key).ToHashSet());
        foreach (var (line, key) in model.Effects)
        {
            var cut = program.Cuts.TryGetValue(line, out var how) && how is Cut.DeathInStep or Cut.Stumble ? 1 : 0;
            var others = deaths - (cut == 1 && how == Cut.DeathInStep ? 1 : 0);
            Assert.InRange(effects[key].Count(), 1 + cut, 1 + cut + others);
            Assert.Single(effects[key].Select(e => e.StepId).Distinct());
            Assert.All(effects[key], e => Assert.True(e.At <= recorded[key], $"{key} ran again after it was recorded"));
        }
    }

    /// <summary>Numbers without gaps, one line for each record, and everything said once, and once more for each attempt that failed behind it.</summary>
    private async Task AssertLogAsync(Guid job, RandomProgram program, ProgramModel model)
    {
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT count(*) = max(no) AND min(no) = 1 AND max(no) = (SELECT last_no FROM job_runs WHERE job_id = '{job}') FROM events WHERE job_id = '{job}'"
            )
        );
        Assert.Equal(
            model.Keys.Count,
            await engine.ScalarAsync<int>($"SELECT steps FROM job_runs WHERE job_id = '{job}'")
        );
        Assert.Equal(
            (long)model.Keys.Count(k => !k.Contains("sleep#", StringComparison.Ordinal)),
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type IN ('step.completed','step.failed')"
            )
        );
        var said = (
            await engine.ScalarAsync<string[]>(
                $"SELECT COALESCE(array_agg(message), '{{}}') FROM events WHERE job_id = '{job}' AND type = 'agent.log'"
            )
        ).ToLookup(word => word);
        var failures = program.Cuts.Count(c => c.Value == Cut.Throw);
        Assert.Subset(model.Words.ToHashSet(), said.Select(word => word.Key).ToHashSet());
        Assert.All(model.Words, word => Assert.InRange(said[word].Count(), 1, 1 + failures));
    }

    private async Task<Dictionary<string, DateTimeOffset>> RecordedAsync(Guid job)
    {
        var recorded = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await using var command = engine.Database.CreateCommand(
            $"SELECT key, COALESCE(completed_at, '-infinity') FROM steps WHERE job_id = '{job}'"
        );
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            recorded.Add(rows.GetString(0), rows.GetFieldValue<DateTimeOffset>(1));
        return recorded;
    }
}
