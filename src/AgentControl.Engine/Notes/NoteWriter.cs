using System.Text;
using AgentControl.Core.Notes;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Notes;

/// <summary>The one place that changes notes, inside the caller's transaction.</summary>
internal static class NoteWriter
{
    private const string Columns =
        "v.name, v.version, v.text, v.size, v.author_kind, v.author_name, v.job_id, v.step_key, v.at, v.workspace, v.agent";

    private const string NewestSql = $"""
        SELECT {Columns} FROM agent_notes n JOIN agent_note_versions v USING (workspace, agent, name, version)
         WHERE workspace = $1 AND agent = $2 AND name = $3
        """;

    private const string HeadSql = """
        INSERT INTO agent_notes (workspace, agent, name, version, deleted, size, first_line, author_kind, author_name, job_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ac_now())
        ON CONFLICT (workspace, agent, name) DO UPDATE SET version = EXCLUDED.version, deleted = EXCLUDED.deleted, size = EXCLUDED.size,
               first_line = EXCLUDED.first_line, author_kind = EXCLUDED.author_kind, author_name = EXCLUDED.author_name,
               job_id = EXCLUDED.job_id, at = EXCLUDED.at
        """;

    private const string VersionSql = """
        INSERT INTO agent_note_versions (id, workspace, agent, name, version, text, size, author_kind, author_name, job_id, step_key, at)
        SELECT $5, n.workspace, n.agent, n.name, $4, $6, n.size, n.author_kind, n.author_name, n.job_id, $7, n.at
          FROM agent_notes n WHERE n.workspace = $1 AND n.agent = $2 AND n.name = $3
        RETURNING at
        """;

    /// <summary>Changes of one agent's notes come one after the other, so that neither its limit nor a version can be passed by two at once. The caller commits.</summary>
    public static async Task<NoteResult> ApplyAsync(NpgsqlConnection connection, NoteWrite write)
    {
        var (workspace, agent, name) = write.Note;
        await Sql.ExecuteAsync(
            connection,
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            $"notes:{workspace}/{agent}"
        );
        if (await OwnAsync(connection, write) is { } own)
            return own;
        var now = await ReadAsync(connection, NewestSql, workspace, agent, name);
        if (!IsExpected(write.ExpectedVersion, now))
            return new(NoteOutcome.Changed, now);
        if (write.Text is null && now is null or { Deleted: true })
            return new(NoteOutcome.NotFound, now);
        var text = write is { Append: true, Text: { } more } ? NoteText.Append(now?.Text ?? "", more) : write.Text;
        if (text is not null && NoteText.Problem(text) is not null)
            return new(NoteText.IsTooLarge(text) ? NoteOutcome.TooLarge : NoteOutcome.BadText, now);
        if (text is not null && now?.Text == text)
            return new(NoteOutcome.Unchanged, now);
        if (now is null or { Deleted: true } && await CountAsync(connection, workspace, agent) >= NoteText.MaxNotes)
            return new(NoteOutcome.TooMany);
        return new(NoteOutcome.Written, await InsertAsync(connection, write, (now?.Version ?? 0) + 1, text));
    }

    /// <summary>What this id wrote before, if it did.</summary>
    private static async Task<NoteResult?> OwnAsync(NpgsqlConnection connection, NoteWrite write)
    {
        await using var command = Sql.Command(
            connection,
            $"SELECT {Columns} FROM agent_note_versions v WHERE id = $1",
            write.Id
        );
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            return null;
        var own = Read(reader);
        var isSame =
            new NoteAddress(reader.GetString(9), reader.GetString(10), own.Name) == write.Note
            && own.Deleted == write.Text is null
            && (
                own.Text == write.Text
                || write is { Append: true, Text: { } more } && own.Text!.EndsWith(more, StringComparison.Ordinal)
            );
        // A step's own change is known by its step: what it wrote stands, whatever a second run would write.
        return new(isSame || write.StepKey is not null ? NoteOutcome.Replayed : NoteOutcome.OtherContent, own);
    }

    private static bool IsExpected(int? expected, NoteVersion? now) =>
        expected is null || expected == (now?.Version ?? 0) || expected == 0 && now is { Deleted: true };

    private static async Task<long> CountAsync(NpgsqlConnection connection, string workspace, string agent) =>
        await Sql.ScalarAsync<long>(
            connection,
            "SELECT count(*) FROM agent_notes WHERE workspace = $1 AND agent = $2 AND NOT deleted",
            workspace,
            agent
        );

    private static async Task<NoteVersion> InsertAsync(
        NpgsqlConnection connection,
        NoteWrite write,
        int version,
        string? text
    )
    {
        var (workspace, agent, name) = write.Note;
        var by = write.By with { Name = PlainText.Clean(write.By.Name, 200) };
        var size = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
        await using var head = Sql.Command(connection, HeadSql, workspace, agent, name, version, text is null, size);
        head.Parameters.Add(new() { Value = NoteText.FirstLine(text ?? "") });
        head.Parameters.Add(new() { Value = by.Kind });
        head.Parameters.Add(new() { Value = by.Name });
        head.Parameters.Add(Nullable(write.JobId, NpgsqlDbType.Uuid));
        await head.ExecuteNonQueryAsync();
        await using var row = Sql.Command(connection, VersionSql, workspace, agent, name, version, write.Id);
        row.Parameters.Add(Nullable(text, NpgsqlDbType.Text));
        row.Parameters.Add(Nullable(write.StepKey, NpgsqlDbType.Text));
        await using var reader = await row.ExecuteReaderAsync();
        await reader.ReadAsync();
        var at = await reader.GetFieldValueAsync<DateTimeOffset>(0);
        return new NoteVersion(name, version, text, size, by, write.JobId, write.StepKey, at);
    }

    private static async Task<NoteVersion?> ReadAsync(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = Sql.Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? Read(reader) : null;
    }

    private static NoteVersion Read(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt32(1),
            row.IsDBNull(2) ? null : row.GetString(2),
            row.GetInt32(3),
            new Author(row.GetString(4), row.GetString(5)),
            row.IsDBNull(6) ? null : row.GetGuid(6),
            row.IsDBNull(7) ? null : row.GetString(7),
            row.GetFieldValue<DateTimeOffset>(8)
        );

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
