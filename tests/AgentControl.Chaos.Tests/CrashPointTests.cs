using System.Globalization;
using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

public sealed class CrashBeforeTests(PostgresFixture postgres) : CrashPoints(postgres)
{
    [Fact]
    public Task A_job_survives_a_crash_before_each_of_its_statements() => SweepAsync("before");
}

public sealed class CrashAfterTests(PostgresFixture postgres) : CrashPoints(postgres)
{
    [Fact]
    public Task A_job_survives_a_crash_after_each_of_its_statements() => SweepAsync("after");
}

/// <summary>The process dies before and after every statement with which a reference job is recorded; a fresh one finishes the job.</summary>
public abstract class CrashPoints(PostgresFixture postgres)
{
    private const int Result = 3134;

    /// <summary>Statements of the reference job when everything that may travel together does.</summary>
    private const int Fewest = 40;

    /// <summary>
    /// After a statement is before the next one: the odd numbers of both kinds visit every gap once. With AGENTCONTROL_CHAOS=full each is visited from both
    /// sides, which differ where a COMMIT lies between.
    /// </summary>
    private static readonly int Stride = Environment.GetEnvironmentVariable("AGENTCONTROL_CHAOS") == "full" ? 1 : 2;

    protected async Task SweepAsync(string moment)
    {
        await using var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        world.Look(database.ConnectionString);
        var host = await HostProcess.StartAsync(settings);
        var (crashes, statements) = (0, 0);
        try
        {
            // A job without a crash says how many statements there are.
            await host.OrderAsync("crash before 1000000", "armed");
            var calm = (await host.SubmitAsync("reference", "{}"))!.Value;
            await FinishedAsync(world, calm);
            statements = Statements((await host.OrderAsync("count", "counted "))!);
            Assert.InRange(statements, Fewest, 200);

            for (var number = 1; number <= statements; number += Stride)
            {
                await host.OrderAsync($"crash {moment} {number}", "armed");
                var job = await host.SubmitAsync("reference", "{}");
                if (job is { } accepted)
                    await world.UntilAsync(
                        $"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{accepted}'",
                        orElse: () => host.HasExited
                    );
                // Records that travel together in one run and apart in another make the count vary: this job may have had no such statement.
                if (await host.OrderAsync("count", "counted ") is { } counted && Statements(counted) < number)
                    continue;
                await host.WaitForExitAsync(TestContext.Current.CancellationToken)
                    .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
                crashes++;
                await host.DisposeAsync();
                await world.EndLeasesAsync();
                host = await HostProcess.StartAsync(settings);
                if (job is { } acknowledged)
                    await FinishedAsync(world, acknowledged);
            }
            await world.UntilAsync("SELECT bool_and(state = 'succeeded') FROM job_runs");
        }
        finally
        {
            await host.DisposeAsync();
        }
        TestContext.Current.SendDiagnosticMessage($"{crashes} crashes {moment} a statement");
        Assert.InRange(crashes, Fewest / Stride, statements);
        await world.CheckAsync(1);
        // Appending again would be a second version, and a second line in the last one.
        Assert.True(
            await world.AskAsync<bool>(
                """
                SELECT count(*) = (SELECT count(*) FROM jobs WHERE agent = 'reference') AND count(DISTINCT job_id) = count(*)
                  AND max(cardinality(string_to_array(text, E'\n'))) = count(*) FROM agent_note_versions
                """
            )
        );
    }

    private static int Statements(string counted) =>
        int.Parse(counted["counted ".Length..], CultureInfo.InvariantCulture);

    private static async Task FinishedAsync(World world, Guid job)
    {
        await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");
        Assert.Equal(
            Result.ToString(null, null),
            System.Text.Encoding.UTF8.GetString(
                await world.AskAsync<byte[]>($"SELECT output FROM job_results WHERE job_id = '{job}'")
            )
        );
    }
}
