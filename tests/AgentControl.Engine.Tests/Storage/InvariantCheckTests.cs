using AgentControl.Engine.Storage;

namespace AgentControl.Engine.Tests.Storage;

/// <summary>A check that has never found anything proves nothing: each one is shown what it looks for.</summary>
public sealed class InvariantCheckTests(LivedInDatabase lived) : IClassFixture<LivedInDatabase>
{
    private const string Numbers = "event numbers of a job count from 1 without gaps up to its last number";
    private const string Rows = "every job has a row of run state";
    private const string States = "a job's lease, wait and end belong to its state";
    private const string Numbered = "a journal entry is numbered once it has ended";
    private const string OneLive = "a key has one live journal entry";
    private const string NumberOfEvent = "a journal entry's number is an event of its job";
    private const string Told = "a step that the log calls completed stands in the journal";
    private const string NothingOpen = "a final job has nothing open";
    private const string Waits = "a waiting job has a wait";
    private const string ApprovalWaits = "a pending approval has its wait";
    private const string NotMore = "a group of children counts no more ends than it has children";
    private const string Counted = "a group's counted and waiting ends are its ended children";
    private const string OneOfKey = "of the jobs with one concurrency key at most one runs";
    private const string Output = "a succeeded job has its output or its successor";
    private const string Why = "a failed job says why";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>What must be reported, and the statements that bring it about; {name} stands for that job's id.</summary>
    private static readonly (string Found, string Break)[] Cases =
    [
        (Numbers, "DELETE FROM events WHERE job_id = {steps} AND no = 3"),
        (Numbers, "DELETE FROM events WHERE job_id = {steps} AND no = 1"),
        (Numbers, "UPDATE events SET no = 0 WHERE job_id = {steps} AND no = 1"),
        (Numbers, "UPDATE job_runs SET last_no = last_no + 1 WHERE job_id = {steps}"),
        (
            Numbers,
            "INSERT INTO events (job_id, no, at, type, level, message) SELECT job_id, last_no + 1, ac_now(), 'agent.log', 'info', '' FROM job_runs WHERE job_id = {listen}"
        ),
        (Rows, "DELETE FROM job_runs WHERE job_id = {steps}"),
        (States, "UPDATE job_runs SET state = 'odd' WHERE job_id = {paused}"),
        (States, "UPDATE job_runs SET state = 'running' WHERE job_id = {paused}"),
        (States, "UPDATE job_runs SET lease_until = ac_now() WHERE job_id = {paused}"),
        (States, "UPDATE job_runs SET waiting_kind = NULL WHERE job_id = {listen}"),
        (States, "UPDATE job_runs SET finished_at = ac_now() WHERE job_id = {paused}"),
        (States, "UPDATE job_runs SET finished_at = NULL WHERE job_id = {cancelled}"),
        (Told, "DELETE FROM steps WHERE job_id = {steps} AND key = 'work#2'"),
        ($"{Numbered}|{Told}", "UPDATE steps SET no = NULL WHERE job_id = {steps} AND key = 'work#2'"),
        (Numbered, "UPDATE steps SET state = 'running' WHERE job_id = {steps} AND key = 'work#2'"),
        (Numbered, "UPDATE steps SET state = 'odd' WHERE job_id = {steps} AND key = 'work#2'"),
        (
            OneLive,
            "INSERT INTO steps SELECT job_id, key, generation + 1, name, kind, state, no, attempt, input_hash, result, error, service, usage, started_at, completed_at FROM steps WHERE job_id = {steps} AND key = 'work#2'"
        ),
        ($"{NumberOfEvent}|{Told}", "UPDATE steps SET no = 1000 WHERE job_id = {steps} AND key = 'work#5'"),
        (
            NothingOpen,
            "INSERT INTO waits (job_id, key, group_key, kind, target, since) VALUES ({steps}, 'k', 'k', 'signal', 'go', ac_now())"
        ),
        (
            $"{NothingOpen}|{ApprovalWaits}",
            "UPDATE approvals SET job_id = {steps} WHERE job_id = {ask}; UPDATE waits SET kind = 'signal' WHERE job_id = {ask}"
        ),
        (Waits, "DELETE FROM waits WHERE job_id = {listen}"),
        (ApprovalWaits, "UPDATE waits SET approval_id = NULL WHERE job_id = {ask}"),
        (NotMore, "UPDATE child_groups SET total = total - 1"),
        (Counted, "UPDATE child_groups SET succeeded = succeeded - 1"),
        (
            Counted,
            "INSERT INTO child_ends (parent_id, child_id, parent_key, state) SELECT parent_id, id, parent_key, 'succeeded' FROM jobs WHERE parent_id = {parent} LIMIT 1"
        ),
        (
            OneOfKey,
            "UPDATE jobs SET concurrency_key = 'k' WHERE id IN ({paused}, {listen}); UPDATE job_runs SET state = 'running', lease_until = ac_now() WHERE job_id IN ({paused}, {listen})"
        ),
        (Output, "UPDATE job_results SET output = NULL WHERE job_id = {steps}"),
        (Output, "DELETE FROM job_results WHERE job_id = {again}"),
        (Why, "UPDATE job_results SET error = NULL WHERE job_id = {broken}"),
    ];

    public static TheoryData<string, string> Breaks
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (found, statements) in Cases)
                data.Add(found, statements);
            return data;
        }
    }

    [Fact]
    public async Task A_database_that_an_engine_lived_in_is_clean()
    {
        await lived.MendAsync();

        Assert.Empty(await new InvariantCheck(lived.Data).RunAsync(Now));
        // Clean because it is right, not because it is empty.
        await using var states = lived.Data.CreateCommand(
            "SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM job_runs"
        );
        Assert.Equal("cancelled failed paused scheduled succeeded waiting", await states.ExecuteScalarAsync(Now));
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task What_is_broken_is_reported_by_its_name_and_nothing_else(string found, string statements)
    {
        await lived.MendAsync();
        await lived.ExecuteAsync(await WithIdsAsync(statements));

        var violations = await new InvariantCheck(lived.Data).RunAsync(Now);

        Assert.Equal(found.Split('|'), violations.Select(v => v.Invariant));
        Assert.All(violations, v => Assert.Equal(1, v.Rows));
        Assert.All(violations, v => Assert.NotEmpty(v.Examples));
    }

    [Fact]
    public void Each_check_is_shown_what_it_looks_for() =>
        Assert.Equal(InvariantCheck.Count, Cases.SelectMany(c => c.Found.Split('|')).Distinct().Count());

    private async Task<string> WithIdsAsync(string statements)
    {
        await using var command = lived.Data.CreateCommand(
            "SELECT DISTINCT ON (name) name, id FROM jobs WHERE parent_id IS NULL AND forked_from IS NULL ORDER BY name, id"
        );
        await using var reader = await command.ExecuteReaderAsync(Now);
        while (await reader.ReadAsync(Now))
            statements = statements.Replace(
                $"{{{reader.GetString(0)}}}",
                $"'{reader.GetGuid(1)}'",
                StringComparison.Ordinal
            );
        return statements;
    }
}
