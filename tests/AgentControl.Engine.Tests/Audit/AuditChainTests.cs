using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Tests.Audit;

/// <summary>Whoever changes the log behind the program's back is found out, whatever they do to it.</summary>
public sealed class AuditChainTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Lines = 20;

    /// <summary>As somebody does it who may do anything in the database.</summary>
    private const string Unguarded = "SET session_replication_role = replica;";
    private static readonly Actor _ana = new("person:1", "Ana", "page 127.0.0.1");
    private TestDatabase _database = null!;
    private NpgsqlDataSource _data = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync(Now);
        _data = NpgsqlDataSource.Create(_database.ConnectionString);
        for (var no = 1; no <= Lines; no++)
            await AppendAsync(no);
    }

    public async ValueTask DisposeAsync()
    {
        await _data.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_log_that_nobody_touched_is_whole()
    {
        var state = await VerifyAsync();

        Assert.Equal((Lines, null), (state.Lines, state.Broken));
        Assert.True(AuditChain.IsHead(state.Head));
        Assert.Equal(state.Head, (await VerifyAsync()).Head);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET actor_name = 'Ben' WHERE seq = 7", "line 7 was changed (thing.done thing:7)")]
    [InlineData("UPDATE audit_log SET after = NULL WHERE seq = 7", "line 7 was changed (thing.done thing:7)")]
    [InlineData(
        "UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 7",
        "line 7 was changed (thing.done thing:7)"
    )]
    [InlineData(
        "UPDATE audit_log SET actor_name = 'An', origin = 'a' || origin WHERE seq = 7",
        "line 7 was changed (thing.done thing:7)"
    )]
    [InlineData("DELETE FROM audit_log WHERE seq = 7", "line 7 is missing")]
    [InlineData("DELETE FROM audit_log WHERE seq = 1", "line 1 is missing")]
    [InlineData(
        "DELETE FROM audit_log WHERE seq = 7; UPDATE audit_log SET seq = seq - 1 WHERE seq > 7",
        "line 7 was changed (thing.done thing:8)"
    )]
    [InlineData("DELETE FROM audit_log WHERE seq = 20", "line 20 is missing at the end")]
    [InlineData("DELETE FROM audit_log WHERE seq > 17", "lines 18 to 20 are missing at the end")]
    [InlineData("DELETE FROM audit_log", "lines 1 to 20 are missing at the end")]
    [InlineData("DELETE FROM audit_head", "the row that keeps the end of the chain is missing")]
    [InlineData("UPDATE audit_head SET hash = sha256('x')", "the row that keeps the end of the chain was changed")]
    [InlineData(
        "UPDATE audit_log SET seq = -1 WHERE seq = 7; UPDATE audit_log SET seq = 7 WHERE seq = 8; UPDATE audit_log SET seq = 8 WHERE seq = -1",
        "line 7 was moved to 8 (thing.done thing:7)"
    )]
    [InlineData("UPDATE audit_log SET seq = 99 WHERE seq = 7", "line 7 was moved to 99 (thing.done thing:7)")]
    [InlineData("UPDATE audit_log SET seq = NULL WHERE seq = 7", "line 7 was moved to no place (thing.done thing:7)")]
    [InlineData(
        "INSERT INTO audit_log (id, at, actor, actor_name, action, target) VALUES (gen_random_uuid(), now(), 'person:2', 'Eve', 'thing.done', 'thing:x')",
        "was put in without a place in the chain"
    )]
    [InlineData(
        "INSERT INTO audit_log (id, at, actor, actor_name, action, target, seq, hash) VALUES (gen_random_uuid(), now(), 'person:2', 'Eve', 'thing.done', 'thing:x', 21, sha256('x'))",
        "line 21 was changed (thing.done thing:x)"
    )]
    public async Task What_was_done_to_it_is_told(string deed, string told)
    {
        await ExecuteAsync(Unguarded + deed);

        var state = await VerifyAsync();

        Assert.Contains(told, state.Broken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_was_put_in_with_a_fitting_hash_is_told()
    {
        await ExecuteAsync(
            Unguarded
                + """
                INSERT INTO audit_log (id, at, actor, actor_name, action, target) VALUES ('0199a0a0-0000-7000-8000-000000000000', now(), 'person:2', 'Eve', 'thing.done', 'thing:x');
                UPDATE audit_log l SET seq = 21, hash = ac_audit_hash((SELECT hash FROM audit_head), l) WHERE seq IS NULL
                """
        );

        Assert.Equal("line 21 was put in behind the end of the chain", (await VerifyAsync()).Broken);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_with_its_keeper_is_told_by_the_noted_one()
    {
        var noted = (await VerifyAsync()).Head;
        await ExecuteAsync(
            Unguarded
                + "DELETE FROM audit_log WHERE seq > 15; UPDATE audit_head SET seq = 15, hash = (SELECT hash FROM audit_log WHERE seq = 15)"
        );

        Assert.Null((await VerifyAsync()).Broken);
        Assert.Equal("lines 16 to 20 are missing at the end: 20 lines were noted", (await VerifyAsync(noted)).Broken);
    }

    [Fact]
    public async Task A_log_that_was_written_anew_is_told_by_the_noted_end()
    {
        var noted = (await VerifyAsync()).Head;
        await ExecuteAsync(
            Unguarded
                + """
                UPDATE audit_log SET actor_name = 'Ben' WHERE seq = 7;
                DO $$ DECLARE h bytea := decode(repeat('00', 32), 'hex'); l audit_log; BEGIN
                  FOR l IN SELECT * FROM audit_log ORDER BY seq LOOP
                    h := ac_audit_hash(h, l); UPDATE audit_log SET hash = h WHERE id = l.id;
                  END LOOP;
                  UPDATE audit_head SET hash = h; END $$
                """
        );

        Assert.Null((await VerifyAsync()).Broken);
        Assert.Equal("line 20 is not the one that was noted", (await VerifyAsync(noted)).Broken);
    }

    [Fact]
    public async Task Writers_at_the_same_time_make_one_chain_and_nobody_waits_for_ever()
    {
        await ExecuteAsync(
            "CREATE TABLE things (id int PRIMARY KEY, n int NOT NULL); INSERT INTO things VALUES (1, 0)"
        );

        // Some lock a thing before their first line, others behind it: a chain that is locked with the line would deadlock.
        await Task.WhenAll(Enumerable.Range(0, 16).Select(WriteAsync));

        var state = await VerifyAsync();
        Assert.Equal((Lines + (16 * 10 * 2), null), (state.Lines, state.Broken));

        async Task WriteAsync(int writer)
        {
            for (var round = 0; round < 10; round++)
            {
                await using var connection = await _data.OpenConnectionAsync(Now);
                await using var transaction = await connection.BeginTransactionAsync(Now);
                if (writer % 2 == 0)
                    await AuditLog.AppendAsync(connection, transaction, Entry(writer), Now);
                await using var work = new NpgsqlCommand("UPDATE things SET n = n + 1 WHERE id = 1", connection);
                await work.ExecuteNonQueryAsync(Now);
                await AuditLog.AppendAsync(connection, transaction, Entry(writer), Now);
                if (writer % 2 == 1)
                    await AuditLog.AppendAsync(connection, transaction, Entry(writer), Now);
                await transaction.CommitAsync(Now);
            }
        }
    }

    [Fact]
    public async Task A_transaction_that_is_given_up_leaves_no_gap()
    {
        await using (var connection = await _data.OpenConnectionAsync(Now))
        await using (var transaction = await connection.BeginTransactionAsync(Now))
        {
            await AuditLog.AppendAsync(connection, transaction, Entry(1), Now);
            await using var early = new NpgsqlCommand("SET CONSTRAINTS ALL IMMEDIATE", connection);
            await early.ExecuteNonQueryAsync(Now);
        }
        await AppendAsync(Lines + 1);

        Assert.Equal((Lines + 1, null), await VerifyAsync() is var state ? (state.Lines, state.Broken) : default);
    }

    [Fact]
    public async Task Old_lines_are_chained_when_the_schema_comes_up()
    {
        var before = await VerifyAsync();
        await using (var context = Context())
        {
            await context.Database.MigrateAsync("20261127120000_Notifications", Now);
            Assert.False(await ScalarAsync<bool>("SELECT to_regclass('audit_head') IS NOT NULL"));
            await context.Database.MigrateAsync(Now);
        }

        var after = await VerifyAsync();

        Assert.Null(after.Broken);
        // Nobody wrote at the same time, so the order of the times is the order of the chain.
        Assert.Equal(before.Head, after.Head);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET seq = 99")]
    [InlineData("UPDATE audit_log SET hash = NULL")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("TRUNCATE audit_log")]
    [InlineData("DELETE FROM audit_head")]
    [InlineData("TRUNCATE audit_head")]
    public async Task The_program_itself_can_change_nothing(string attempt)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(attempt));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        Assert.Null((await VerifyAsync()).Broken);
    }

    private static AuditEntry Entry(int no) =>
        new(_ana, "thing.done", $"thing:{no}")
        {
            TargetName = no % 2 == 0 ? null : "Größe ⟦x⟧",
            Before = new { no, text = "a:b;c" },
            After = new { no = no + 1 },
        };

    private async Task AppendAsync(int no)
    {
        await using var connection = await _data.OpenConnectionAsync(Now);
        await AuditLog.AppendAsync(connection, null, Entry(no), Now);
    }

    private Task<AuditChainState> VerifyAsync(string? noted = null) => new AuditChain(_data).VerifyAsync(noted, Now);

    private ControlDbContext Context() =>
        new(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql(_database.ConnectionString).Options);

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = _data.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync(Now);
    }

    private async Task ExecuteAsync(string sql)
    {
        // Its own connection, closed for good: the setting must not come back from the pool.
        await using var connection = new NpgsqlConnection(_database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Now);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Now);
    }
}
