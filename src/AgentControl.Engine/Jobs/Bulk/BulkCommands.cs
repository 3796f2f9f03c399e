using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Jobs.Bulk;

/// <summary>What to do with which jobs.</summary>
/// <param name="Action">pause, resume, cancel, retry or tag.</param>
public sealed record BulkWish(string? Action)
{
    /// <summary>The tag to add.</summary>
    public string? Tag { get; init; }

    /// <summary>Chosen one by one; null takes <see cref="Filter"/>.</summary>
    public IReadOnlyCollection<Guid>? Jobs { get; init; }
    public JobFilter? Filter { get; init; }

    /// <summary>The filter in the words of the search, for people.</summary>
    public string? Query { get; init; }
}

/// <summary>
/// Acts upon many jobs: the set is frozen first and its exact number told, then confirmed, then worked off by any process, each job with
/// its own result. It can be aborted in between; what was done stays done.
/// </summary>
public sealed class BulkCommands
{
    /// <summary>The most jobs of one set.</summary>
    public const int MostJobs = 100_000;

    /// <summary>What is said of a search that no job matches.</summary>
    internal const string NoMatch = "No job matches that you may act upon.";

    public static readonly IReadOnlyList<string> Actions = ["pause", "resume", "cancel", "retry", "tag"];

    private const int LongestReason = 2_000;
    private const int LongestTag = 100;
    private readonly IDbContextFactory<ControlDbContext> contexts;
    private readonly NpgsqlDataSource database;
    private readonly BulkQueries queries;
    private readonly BulkRunner runner;
    private readonly TimeProvider time;

    internal BulkCommands(
        IDbContextFactory<ControlDbContext> contexts,
        NpgsqlDataSource database,
        BulkQueries queries,
        BulkRunner runner,
        TimeProvider time
    ) =>
        (this.contexts, this.database, this.queries, this.runner, this.time) = (
            contexts,
            database,
            queries,
            runner,
            time
        );

    /// <summary>Freezes the set: the jobs that the caller may act upon now. Nothing happens to them before <see cref="StartAsync"/>.</summary>
    public async Task<BulkOutcome> FreezeAsync(BulkWish wish, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(caller);
        if (Problems(wish) is { Count: > 0 } errors)
            return new BulkOutcome.Invalid(errors);
        var ids = await IdsAsync(wish, caller, cancellationToken);
        if (ids.Count > MostJobs)
            return Wrong("query", $"More than {MostJobs:N0} jobs match. Narrow the search.");
        if (ids.Count == 0)
            return Wrong("query", NoMatch);
        var id = Guid.CreateVersion7(time.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // What nobody confirmed within an hour was not meant.
        await Sql.ExecuteAsync(
            connection,
            "DELETE FROM bulk_actions WHERE started_at IS NULL AND created_at < ac_now() - interval '1 hour'"
        );
        await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO bulk_actions (id, action, tag, query, actor_id, actor_name, actor_from, actor_person, total, created_at)
            VALUES ($1, $2, $3::text, $4::text, $5, $6, $7::text, $8::uuid, $9, ac_now())
            """,
            id,
            wish.Action,
            wish.Tag?.Trim(),
            Texts.Clean(wish.Query, 1_000),
            caller.Actor.Id,
            caller.Actor.Name,
            caller.Actor.From,
            caller.Actor.Person,
            ids.Count
        );
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO bulk_items (bulk_id, position, job_id) SELECT $1, n, id FROM unnest($2::uuid[]) WITH ORDINALITY AS j(id, n)",
            id,
            ids.ToArray()
        );
        await transaction.CommitAsync(cancellationToken);
        return new BulkOutcome.Taken((await queries.FindAsync(id, cancellationToken))!);
    }

    /// <summary>Confirms the frozen set; only who froze it may.</summary>
    public Task<BulkOutcome> StartAsync(Guid id, string? reason, Caller caller, CancellationToken cancellationToken) =>
        reason?.Length > LongestReason
            ? Task.FromResult<BulkOutcome>(Wrong("reason", $"Use at most {LongestReason:N0} characters."))
            : ChangeAsync(
                id,
                caller,
                "bulk.started",
                "started_at IS NULL",
                "UPDATE bulk_actions SET started_at = ac_now(), reason = $2::text WHERE id = $1",
                string.IsNullOrWhiteSpace(reason) ? null : Texts.Clean(reason.Trim(), LongestReason),
                bulk => bulk.ActorId == caller.Actor.Id ? null : "Only who chose these jobs may confirm it.",
                "It was confirmed already.",
                cancellationToken
            );

    /// <summary>Stops it behind the job that is at work; what was done stays done. Its starter may, and every admin.</summary>
    public Task<BulkOutcome> AbortAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return ChangeAsync(
            id,
            caller,
            "bulk.aborted",
            "finished_at IS NULL AND aborted_at IS NULL",
            "UPDATE bulk_actions SET aborted_at = ac_now(), aborted_by = $2 WHERE id = $1",
            caller.Actor.Name,
            bulk =>
                bulk.ActorId == caller.Actor.Id || caller.HasEverywhere(Role.Admin)
                    ? null
                    : "Only who started it, or an admin, may abort it.",
            "It has ended already.",
            cancellationToken
        );
    }

    private async Task<BulkOutcome> ChangeAsync(
        Guid id,
        Caller caller,
        string audit,
        string condition,
        string update,
        string? value,
        Func<BulkRow, string?> refuse,
        string late,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var row = await context
            .Set<BulkRow>()
            .FromSql($"SELECT * FROM bulk_actions WHERE id = {id} FOR UPDATE")
            .AsNoTracking()
            .SingleOrDefaultAsync(cancellationToken);
        if (row is null)
            return new BulkOutcome.NotFound();
        if (refuse(row) is { } why)
            return new BulkOutcome.Refused(why);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        if (
            !await Sql.ScalarAsync<bool>(
                connection,
                $"SELECT EXISTS (SELECT 1 FROM bulk_actions WHERE id = $1 AND {condition})",
                id
            )
        )
            return new BulkOutcome.Refused(late);
        await Sql.ExecuteAsync(connection, update, id, value);
        await context.AppendAsync(
            new AuditEntry(caller.Actor, audit, $"bulk:{id}")
            {
                TargetName = $"{row.Action} {row.Total} jobs",
                After = new
                {
                    row.Action,
                    row.Tag,
                    row.Query,
                    row.Total,
                    Reason = value,
                },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        runner.Ring();
        return new BulkOutcome.Taken((await queries.FindAsync(id, cancellationToken))!);
    }

    /// <summary>Newest first, in the workspaces where the caller is an operator.</summary>
    private async Task<List<Guid>> IdsAsync(BulkWish wish, Caller caller, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var filter = (wish.Filter ?? JobFilter.None) with { Visible = MayActIn(caller) };
        var rows = context.Set<JobRow>().AsNoTracking().Matching(filter, time.GetUtcNow());
        if (wish.Jobs is { } chosen)
        {
            var ids = chosen.ToList();
            rows = rows.Where(j => ids.Contains(j.Id));
        }
        return await rows.OrderByDescending(j => j.Id)
            .Select(j => j.Id)
            .Take(MostJobs + 1)
            .ToListAsync(cancellationToken);
    }

    private static IReadOnlyCollection<string>? MayActIn(Caller caller) =>
        caller.HasEverywhere(Role.Operator)
            ? null
            : [.. caller.Roles.Keys.Where(workspace => caller.Has(Role.Operator, workspace))];

    private static Dictionary<string, string[]> Problems(BulkWish wish)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (wish.Action is not { } action || !Actions.Contains(action))
            errors["action"] = [$"Use one of: {string.Join(", ", Actions)}."];
        if (wish.Jobs is null == wish.Filter is null)
            errors["query"] = ["Give either the ids of the jobs, or a search."];
        if (wish.Jobs is { Count: 0 })
            errors["jobs"] = ["Choose at least one job."];
        var tag = wish.Tag?.Trim();
        if (wish.Action == "tag" && (tag is not { Length: > 0 and <= LongestTag } || tag.Any(char.IsControl)))
            errors["tag"] = [$"Give the tag to add: 1 to {LongestTag} characters in one line."];
        return errors;
    }

    private static BulkOutcome.Invalid Wrong(string field, string why) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [why] });
}
