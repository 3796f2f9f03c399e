using AgentControl.Engine.Access;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Jobs.Bulk;

/// <summary>
/// Works off confirmed actions upon many jobs, one action by one process at a time. A job whose result was not recorded before a crash is
/// asked once more, which changes nothing where it is so already.
/// </summary>
internal sealed class BulkRunner(
    EnginePool database,
    IDbContextFactory<ControlDbContext> contexts,
    JobCommands jobs,
    TimeProvider time,
    ILogger<BulkRunner> log
) : MaintenanceLoop(time, log)
{
    private const int Chunk = 20;

    /// <summary>First half of the advisory lock's key; the second is of the action.</summary>
    private const int LockClass = 0x62756c6b;

    /// <summary>Who confirms rings. This finds what a lost process left behind.</summary>
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            // Nearly always there is none, and a worker that needs no model starts in half the time.
            if (
                !await Sql.ScalarAsync<bool>(
                    connection,
                    "SELECT EXISTS (SELECT FROM bulk_actions WHERE finished_at IS NULL AND started_at IS NOT NULL)"
                )
            )
                return null;
        }
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = await context
            .Set<BulkRow>()
            .AsNoTracking()
            .Where(b => b.FinishedAt == null && b.StartedAt != null)
            .OrderBy(b => b.CreatedAt)
            .ToListAsync(cancellationToken);
        foreach (var bulk in open)
            await WorkAsync(bulk, cancellationToken);
        return null;
    }

    private async Task WorkAsync(BulkRow bulk, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (
            !await Sql.ScalarAsync<bool>(
                connection,
                "SELECT pg_try_advisory_lock($1, hashtext($2))",
                LockClass,
                bulk.Id.ToString()
            )
        )
            return;
        try
        {
            while (await NextAsync(connection, bulk.Id, cancellationToken) is { Count: > 0 } chunk)
                foreach (var (position, job) in chunk)
                    await ActAsync(connection, bulk, position, job, cancellationToken);
            await Sql.ExecuteAsync(
                connection,
                """
                WITH rest AS (UPDATE bulk_items SET outcome = 'aborted' WHERE bulk_id = $1 AND outcome IS NULL)
                UPDATE bulk_actions SET finished_at = ac_now() WHERE id = $1 AND finished_at IS NULL
                """,
                bulk.Id
            );
        }
        finally
        {
            await Sql.ExecuteAsync(
                connection,
                "SELECT pg_advisory_unlock($1, hashtext($2))",
                LockClass,
                bulk.Id.ToString()
            );
        }
    }

    /// <summary>The next jobs of the set; none where it is done or aborted.</summary>
    private static async Task<List<(int Position, Guid Job)>> NextAsync(
        NpgsqlConnection connection,
        Guid bulk,
        CancellationToken cancellationToken
    )
    {
        var next = new List<(int, Guid)>();
        await using var command = Sql.Command(
            connection,
            """
            SELECT i.position, i.job_id FROM bulk_items i JOIN bulk_actions b ON b.id = i.bulk_id
             WHERE i.bulk_id = $1 AND i.outcome IS NULL AND b.aborted_at IS NULL ORDER BY i.position LIMIT $2
            """,
            bulk,
            Chunk
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            next.Add((row.GetInt32(0), row.GetGuid(1)));
        return next;
    }

    private async Task ActAsync(
        NpgsqlConnection connection,
        BulkRow bulk,
        int position,
        Guid job,
        CancellationToken cancellationToken
    )
    {
        var actor = new Actor(bulk.ActorId, bulk.ActorName, bulk.ActorFrom, bulk.ActorPerson);
        var outcome = bulk.Action switch
        {
            "pause" => await jobs.PauseAsync(job, actor, bulk.Reason, cancellationToken),
            "resume" => await jobs.ResumeAsync(job, actor, bulk.Reason, cancellationToken),
            "cancel" => await jobs.CancelAsync(job, actor, bulk.Reason, cancellationToken),
            "retry" => await jobs.RetryAsync(job, actor, bulk.Reason, cancellationToken),
            _ => await TagAsync(connection, job, bulk.Tag!, actor, cancellationToken),
        };
        await Sql.ExecuteAsync(
            connection,
            "UPDATE bulk_items SET outcome = $3, message = $4::text WHERE bulk_id = $1 AND position = $2",
            bulk.Id,
            position,
            outcome.Result switch
            {
                CommandResult.Accepted => "done",
                CommandResult.NotFound => "gone",
                _ => "refused",
            },
            outcome.Reason
        );
    }

    private async Task<CommandOutcome> TagAsync(
        NpgsqlConnection connection,
        Guid job,
        string tag,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var tags = await Sql.ScalarAsync<string[]>(connection, "SELECT tags FROM jobs WHERE id = $1", job);
        return tags is null ? CommandOutcome.NotFound
            : tags.Contains(tag) ? CommandOutcome.Accepted
            : await jobs.EditAsync(job, null, null, [.. tags, tag], null, actor, cancellationToken);
    }
}
