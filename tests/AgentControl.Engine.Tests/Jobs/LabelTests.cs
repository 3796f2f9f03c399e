using AgentControl.Core.Jobs;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Jobs;

public sealed class LabelTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    [Fact]
    public async Task The_function_says_what_the_code_says_over_all_combinations()
    {
        var engine = shared.Engine;
        var expected = new Dictionary<string, string>();
        bool[] flags = [false, true];
        string?[] kinds = [null, "approval", "signal", "timer", "children", "retry", "service"];
        string?[] outcomes = [null, "timeout", "rejected", "cancelled", "other"];
        foreach (var state in Enum.GetValues<JobState>())
        foreach (var kind in kinds)
        foreach (var pause in flags)
        foreach (var cancel in flags)
        foreach (var recovering in flags)
        foreach (var backingOff in flags)
        foreach (var outcome in outcomes)
            expected[$"{state.Word()}|{kind}|{pause}|{cancel}|{recovering}|{backingOff}|{outcome}"] = JobLabel.Of(
                state,
                kind,
                pause,
                cancel,
                recovering,
                backingOff,
                outcome
            );

        var compared = 0;
        await using var command = engine.Database.CreateCommand(
            """
            SELECT s, k, p, c, r, b, o, ac_label(s, r, c, p, b, k, o)
              FROM unnest(ARRAY['scheduled','queued','running','waiting','paused','succeeded','failed','cancelled']) s,
                   unnest(ARRAY[NULL,'approval','signal','timer','children','retry','service']) k,
                   unnest(ARRAY[false,true]) p, unnest(ARRAY[false,true]) c, unnest(ARRAY[false,true]) r, unnest(ARRAY[false,true]) b,
                   unnest(ARRAY[NULL,'timeout','rejected','cancelled','other']) o
            """
        );
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            string? Text(int i) => row.IsDBNull(i) ? null : row.GetString(i);
            var key =
                $"{Text(0)}|{Text(1)}|{row.GetBoolean(2)}|{row.GetBoolean(3)}|{row.GetBoolean(4)}|{row.GetBoolean(5)}|{Text(6)}";
            Assert.Equal((key, expected[key]), (key, Text(7)));
            Assert.Contains(Text(7), JobLabel.All);
            compared++;
        }
        Assert.Equal(expected.Count, compared);
    }

    [Fact]
    public async Task A_label_is_read_like_a_column_and_found_by_its_index()
    {
        var engine = shared.Engine;
        var id = await engine.SubmitAsync(
            "test",
            new { code = "none" },
            s => s with { RunAt = DateTimeOffset.UtcNow.AddYears(1) }
        );

        Assert.Equal(
            "scheduled",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE r.job_id = '{id}'")
        );
        await using var connection = await engine.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand(
            "SET enable_seqscan = off; EXPLAIN SELECT * FROM job_runs r WHERE r.label = 'scheduled' ORDER BY r.job_id DESC",
            connection
        );
        Assert.Contains(
            "ix_job_runs_label",
            (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!
        );
    }

    [Theory]
    [InlineData("state = 'running'")]
    [InlineData("state = 'waiting', waiting_kind = NULL")]
    [InlineData("state = 'succeeded'")]
    [InlineData("state = 'lost'")]
    public async Task A_state_comes_with_what_belongs_to_it(string change)
    {
        var engine = shared.Engine;
        var id = await engine.SubmitAsync(
            "test",
            new { code = "none" },
            s => s with { RunAt = DateTimeOffset.UtcNow.AddYears(1) }
        );

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            engine.ExecuteAsync($"UPDATE job_runs SET {change} WHERE job_id = '{id}'")
        );

        Assert.Equal(Npgsql.PostgresErrorCodes.CheckViolation, refused.SqlState);
        Assert.Equal(
            "scheduled",
            await engine.ScalarAsync<string>($"SELECT state FROM job_runs WHERE job_id = '{id}'")
        );
    }
}
