using AgentControl.Core.Failures;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Failures;

/// <summary>What operators do about groups of failures: resolve, ignore, reopen, take that back, and retry their jobs.</summary>
public sealed class FailureCommands
{
    private const int LongestComment = 2_000;

    private const string LockSql = """
        SELECT workspace, title, status, status_by, status_at, comment, ignored_until, regressed_at, ac_now() FROM failure_groups WHERE id = $1 FOR UPDATE
        """;

    private const string WriteSql = """
        UPDATE failure_groups SET status = $2, status_by = $3, status_at = $4, comment = $5, ignored_until = $6, regressed_at = $7 WHERE id = $1
        """;

    private readonly NpgsqlDataSource database;
    private readonly FailureQueries queries;
    private readonly FailureSignals signals;
    private readonly BulkCommands bulk;

    internal FailureCommands(
        NpgsqlDataSource database,
        FailureQueries queries,
        FailureSignals signals,
        BulkCommands bulk
    ) => (this.database, this.queries, this.signals, this.bulk) = (database, queries, signals, bulk);

    /// <summary>Its cause is gone: the next failure by it brings it back, and people are told.</summary>
    /// <exception cref="AccessDeniedException">The caller is no operator of the group's workspace.</exception>
    public Task<FailureOutcome> ResolveAsync(
        Guid id,
        string? comment,
        Caller caller,
        CancellationToken cancellationToken
    ) => DecideAsync(id, FailureStatus.Resolved, comment, null, caller, cancellationToken);

    /// <summary>Nobody needs to look at it, until a time or for ever. It goes on to count.</summary>
    /// <param name="until">Null ignores it for ever.</param>
    /// <exception cref="AccessDeniedException">The caller is no operator of the group's workspace.</exception>
    public Task<FailureOutcome> IgnoreAsync(
        Guid id,
        DateTimeOffset? until,
        string? comment,
        Caller caller,
        CancellationToken cancellationToken
    ) => DecideAsync(id, FailureStatus.Ignored, comment, until, caller, cancellationToken);

    /// <summary>It needs somebody after all.</summary>
    /// <exception cref="AccessDeniedException">The caller is no operator of the group's workspace.</exception>
    public Task<FailureOutcome> ReopenAsync(
        Guid id,
        string? comment,
        Caller caller,
        CancellationToken cancellationToken
    ) => DecideAsync(id, FailureStatus.Unresolved, comment, null, caller, cancellationToken);

    /// <summary>Takes a decision back, if nobody has decided since and it has not failed again.</summary>
    /// <param name="before">The group as it was before the decision.</param>
    /// <param name="decided">The group as the decision left it.</param>
    /// <exception cref="AccessDeniedException">The caller is no operator of the group's workspace.</exception>
    public Task<FailureOutcome> UndoAsync(
        FailureGroupView before,
        FailureGroupView decided,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(decided);
        return ChangeAsync(
            before.Id,
            caller,
            "failure.undone",
            now =>
                now.StatusAt != decided.StatusAt || now.RegressedAt != decided.RegressedAt
                    ? null
                    : new State(before.Status, before.Comment, before.IgnoredUntil)
                    {
                        By = before.StatusBy,
                        StatusAt = before.StatusAt,
                        RegressedAt = before.RegressedAt,
                    },
            cancellationToken
        );
    }

    /// <summary>Freezes the jobs whose failure by this group still stands: neither retried nor started anew. Nothing happens before it is confirmed.</summary>
    /// <exception cref="AccessDeniedException">The caller is no operator of the group's workspace.</exception>
    public async Task<BulkOutcome> RetryAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (await queries.ByIdAsync([id], null, cancellationToken) is not [var group])
            return new BulkOutcome.NotFound();
        caller.Require(Role.Operator, group.Workspace);
        return await FreezeAsync(
            new JobFilter { Failure = id, FailureStands = true },
            "Every failed job of this group was retried already, or started anew.",
            caller,
            cancellationToken
        );
    }

    /// <summary>As for one group, for all that are unresolved.</summary>
    /// <param name="agent">Only of this agent; null for all.</param>
    public Task<BulkOutcome> RetryAllAsync(string? agent, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return FreezeAsync(
            new JobFilter { FailureUnresolved = true, Agent = agent },
            "No job of an unresolved group waits to be retried, in a workspace where you are an operator.",
            caller,
            cancellationToken
        );
    }

    private async Task<BulkOutcome> FreezeAsync(
        JobFilter filter,
        string none,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var wish = new BulkWish("retry") { Filter = filter, Query = JobSearch.ToText(filter) };
        return await bulk.FreezeAsync(wish, caller, cancellationToken) switch
        {
            BulkOutcome.Invalid invalid when invalid.Errors.GetValueOrDefault("query") is [BulkCommands.NoMatch] =>
                new BulkOutcome.Refused(none),
            var other => other,
        };
    }

    private async Task<FailureOutcome> DecideAsync(
        Guid id,
        string status,
        string? comment,
        DateTimeOffset? until,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (comment?.Length > LongestComment)
            return Wrong("comment", $"Use at most {LongestComment:N0} characters.");
        var text = string.IsNullOrWhiteSpace(comment) ? null : Texts.Clean(comment.Trim(), LongestComment);
        if (until is { } end)
        {
            await using var command = database.CreateCommand("SELECT $1 <= ac_now()");
            command.Parameters.Add(new() { Value = end.UtcDateTime });
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                return Wrong(
                    "until",
                    "It has passed. Give an instant in the future, or leave it out to ignore it for ever."
                );
        }
        var audit = status switch
        {
            FailureStatus.Resolved => "failure.resolved",
            FailureStatus.Ignored => "failure.ignored",
            _ => "failure.reopened",
        };
        return await ChangeAsync(
            id,
            caller,
            audit,
            now =>
                (now.Status, now.Comment, now.Until) == (status, text ?? now.Comment, until?.ToUniversalTime())
                && now.RegressedAt is null
                    ? now
                    : new State(status, text, until?.ToUniversalTime()),
            cancellationToken
        );
    }

    /// <param name="change">The state to write; the same for nothing to do, null where it was decided otherwise.</param>
    private async Task<FailureOutcome> ChangeAsync(
        Guid id,
        Caller caller,
        string audit,
        Func<State, State?> change,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, id, cancellationToken) is not { } locked)
            return new FailureOutcome.NotFound();
        caller.Require(Role.Operator, locked.Workspace);
        var before = locked.State;
        if (change(before) is not { } after)
            return new FailureOutcome.Refused("It was decided otherwise meanwhile, or failed again.");
        var changed = !ReferenceEquals(after, before);
        if (changed)
        {
            if (audit != "failure.undone")
                after = after with { By = caller.Actor.Name, StatusAt = locked.Now };
            await WriteAsync(connection, id, after, cancellationToken);
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new AuditEntry(caller.Actor, audit, $"failure:{id}")
                {
                    TargetName = locked.Title,
                    Before = before.Told(),
                    After = after.Told(),
                },
                cancellationToken
            );
        }
        await transaction.CommitAsync(cancellationToken);
        if (changed)
            signals.Changed();
        return await queries.ByIdAsync([id], null, cancellationToken) is [var group]
            ? new FailureOutcome.Taken(group, changed)
            : new FailureOutcome.NotFound();
    }

    private static async Task<(string Workspace, string Title, State State, DateTimeOffset Now)?> LockAsync(
        NpgsqlConnection connection,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, LockSql, id);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        var now = row.GetFieldValue<DateTimeOffset>(8);
        // What was ignored until a time that has passed counts as unresolved.
        var (status, until) = (row.GetString(2), Time(6));
        if (status == FailureStatus.Ignored && until <= now)
            (status, until) = (FailureStatus.Unresolved, null);
        var state = new State(status, Text(5), until)
        {
            By = Text(3),
            StatusAt = Time(4),
            RegressedAt = Time(7),
        };
        return (row.GetString(0), row.GetString(1), state, now);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection,
        Guid id,
        State state,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, WriteSql, id, state.Status);
        foreach (var value in new object?[] { state.By, state.StatusAt, state.Comment, state.Until, state.RegressedAt })
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        foreach (
            var (place, type) in new[]
            {
                (2, NpgsqlDbType.Text),
                (3, NpgsqlDbType.TimestampTz),
                (4, NpgsqlDbType.Text),
                (5, NpgsqlDbType.TimestampTz),
                (6, NpgsqlDbType.TimestampTz),
            }
        )
            command.Parameters[place].NpgsqlDbType = type;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static FailureOutcome.Invalid Wrong(string field, string why) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [why] });

    private sealed record State(string Status, string? Comment, DateTimeOffset? Until)
    {
        public string? By { get; init; }
        public DateTimeOffset? StatusAt { get; init; }
        public DateTimeOffset? RegressedAt { get; init; }

        /// <summary>As the audit log keeps it.</summary>
        public object Told() =>
            new
            {
                Status,
                Comment,
                IgnoredUntil = Until,
                Regressed = RegressedAt is null ? (bool?)null : true,
            };
    }
}
