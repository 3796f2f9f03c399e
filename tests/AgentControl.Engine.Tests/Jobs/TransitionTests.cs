using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using Npgsql;

namespace AgentControl.Engine.Tests.Jobs;

/// <summary>Random commands, signals and lost workers at once: the rows only ever move as the table of transitions allows.</summary>
public sealed class TransitionTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_commanded_states_move_only_as_allowed_and_every_invariant_holds()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await engine.ExecuteAsync(
            """
            CREATE TABLE moves (job_id uuid, was text, became text);
            CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO moves VALUES (NEW.job_id, OLD.state, NEW.state); RETURN NEW; END $$;
            CREATE TRIGGER moves AFTER UPDATE ON job_runs FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_move()
            """
        );
        var jobs = new List<Guid>();
        for (var i = 0; i < 6; i++)
            jobs.Add(await shared.StartAsync(WorkAsync));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => CommandAsync(jobs, new Random(seed + worker))));

        foreach (var job in jobs)
        {
            for (
                var round = 0;
                round < 20 && !JobStates.IsFinal(JobStates.Parse(await engine.StateAsync(job)));
                round++
            )
            {
                await engine.Jobs.CancelAsync(job, EngineProcess.Ana, "the end", Now);
                await engine.UntilTrueAsync(
                    job,
                    $"SELECT state IN ('succeeded','failed','cancelled') FROM job_runs WHERE job_id = '{job}'"
                );
            }
        }
        var moves = await engine.ScalarAsync<string[]>("SELECT array_agg(DISTINCT was || ' ' || became) FROM moves");
        Assert.True(moves.Length >= 5, $"seed {seed}: only {string.Join(", ", moves)}");
        Assert.All(
            moves,
            move =>
                Assert.True(
                    JobTransitions.IsAllowed(JobStates.Parse(move.Split(' ')[0]), JobStates.Parse(move.Split(' ')[1])),
                    $"seed {seed}: {move}"
                )
        );
        Assert.Empty(await new InvariantCheck(engine.Database).RunAsync(Now));
    }

    [Fact]
    public async Task The_database_lets_states_move_as_the_table_of_transitions_says_and_no_other_way()
    {
        var job = await engine.SubmitAsync("test", new { }, with => with with { Queue = "nobody" });
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        await using var transaction = await connection.BeginTransactionAsync(Now);
        await Sql.ExecuteAsync(
            connection,
            $"CREATE TEMP TABLE one ON COMMIT DROP AS SELECT * FROM job_runs WHERE job_id = '{job}'"
        );
        foreach (var from in Enum.GetValues<JobState>())
        foreach (var to in Enum.GetValues<JobState>())
        {
            await Sql.ExecuteAsync(connection, $"DELETE FROM job_runs WHERE job_id = '{job}'");
            await Sql.ExecuteAsync(connection, $"UPDATE one SET {StateColumns(from)}");
            await Sql.ExecuteAsync(connection, "INSERT INTO job_runs SELECT * FROM one");
            await transaction.SaveAsync("pair", Now);

            var refusal = await Record.ExceptionAsync(() =>
                Sql.ExecuteAsync(connection, $"UPDATE job_runs SET {StateColumns(to)} WHERE job_id = '{job}'")
            );

            await transaction.RollbackAsync("pair", Now);
            if (from == to || JobTransitions.IsAllowed(from, to))
                Assert.True(refusal is null, $"{from} -> {to}: {refusal?.Message}");
            else
                Assert.Equal(
                    (from, to, "job_runs_transition"),
                    (from, to, (refusal as PostgresException)?.ConstraintName)
                );
        }
    }

    private static string StateColumns(JobState state) =>
        $"""
            state = '{state.Word()}', lease_until = {(state == JobState.Running ? "ac_now()" : "NULL")},
            waiting_kind = {(state == JobState.Waiting ? "'timer'" : "NULL")}, finished_at = {(
                state.IsFinal() ? "ac_now()" : "NULL"
            )}
            """;

    private static async Task<object?> WorkAsync(IJobContext context)
    {
        for (var i = 0; i < 200; i++)
        {
            await context.Parallel(
                "pair",
                new[] { 0, 1 },
                2,
                async (n, branch, _) =>
                    n == 0
                        ? (await branch.WaitForSignalAsync<int>("go", TimeSpan.FromMilliseconds(30))).Value
                        : await branch.StepAsync("work", _ => Task.FromResult(n))
            );
        }
        return null;
    }

    private async Task CommandAsync(List<Guid> jobs, Random random)
    {
        for (var i = 0; i < 60; i++)
        {
            var job = jobs[random.Next(jobs.Count)];
            Func<Task> command = random.Next(8) switch
            {
                0 or 1 => () => engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now),
                2 or 3 => () => engine.Jobs.ResumeAsync(job, EngineProcess.Ana, null, Now),
                4 => () => engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now),
                5 => () => engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now),
                6 => () =>
                    engine
                        .Get<SignalCommands>()
                        .SendAsync(job, "go", JsonSerializer.SerializeToElement(1), EngineProcess.Ana, null, Now),
                _ => () =>
                    engine.ExecuteAsync(
                        $"UPDATE job_runs SET lease_until = ac_now() - interval '1 minute' WHERE job_id = '{job}' AND state = 'running'"
                    ),
            };
            await command();
        }
    }
}
