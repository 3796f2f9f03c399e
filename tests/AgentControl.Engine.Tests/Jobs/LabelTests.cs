using AgentControl.Core.Jobs;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Jobs;

public sealed class LabelTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    [Fact]
    public async Task The_column_says_what_the_code_says_over_all_combinations()
    {
        var engine = shared.Engine;
        // One row for each combination in a copy of the table without its checks, but with its computed column.
        await engine.ExecuteAsync(
            """
            CREATE TABLE label_copy (LIKE job_runs INCLUDING GENERATED INCLUDING DEFAULTS);
            ALTER TABLE label_copy ALTER COLUMN label DROP NOT NULL
            """
        );
        var id = await engine.SubmitAsync(
            "test",
            new { code = "none" },
            s => s with { RunAt = DateTimeOffset.UtcNow.AddYears(1) }
        );
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

        await engine.ExecuteAsync(
            $"""
            DO $$ DECLARE columns text; BEGIN
              SELECT string_agg(quote_ident(attname), ',') INTO columns FROM pg_attribute
               WHERE attrelid = 'job_runs'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                 AND attname NOT IN ('state','waiting_kind','pause_requested','cancel_requested','recovering','backing_off','outcome');
              EXECUTE 'INSERT INTO label_copy (' || columns || ',state,waiting_kind,pause_requested,cancel_requested,recovering,backing_off,outcome)
                SELECT ' || columns || ',s,k,p,c,r,b,o FROM (SELECT ' || columns || ' FROM job_runs WHERE job_id = ''{id}'') x,
                 unnest(ARRAY[''scheduled'',''queued'',''running'',''waiting'',''paused'',''succeeded'',''failed'',''cancelled'']) s,
                 unnest(ARRAY[NULL,''approval'',''signal'',''timer'',''children'',''retry'',''service'']) k,
                 unnest(ARRAY[false,true]) p, unnest(ARRAY[false,true]) c, unnest(ARRAY[false,true]) r, unnest(ARRAY[false,true]) b,
                 unnest(ARRAY[NULL,''timeout'',''rejected'',''cancelled'',''other'']) o';
            END $$
            """
        );
        var compared = 0;
        await using var command = engine.Database.CreateCommand(
            "SELECT state, waiting_kind, pause_requested, cancel_requested, recovering, backing_off, outcome, label FROM label_copy"
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
}
