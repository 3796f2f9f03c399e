using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Gives a question to other people. Whoever may decide it may do so, and an admin of its workspace.</summary>
public sealed class ApprovalReassignment(NpgsqlDataSource database, EventFeed feed)
{
    private const int MostNames = 50;
    private const int LongestComment = 2_000;

    /// <param name="names">Groups or people, by name, address or <c>person:id</c>.</param>
    /// <param name="comment">Why, for those who are asked now.</param>
    public async Task<DecideOutcome> ReassignAsync(
        Guid id,
        IReadOnlyCollection<string> names,
        string? comment,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        var job = shown.JobId;
        if (shown.State != "pending")
            return new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
        if (!ApprovalAccess.MayReassign(shown.Turn, caller))
            return new DecideOutcome.Forbidden(ApprovalAccess.Refusal(shown.Turn, caller)!);
        string[] asked = [.. names.Select(n => Texts.Clean(n, 500).Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (await ProblemsAsync(connection, shown, asked, comment, cancellationToken) is { Count: > 0 } errors)
            return new DecideOutcome.Invalid(errors);
        await Sql.ExecuteAsync(
            connection,
            "UPDATE approvals SET approvers = $2, next_reminder = ac_now() + remind_every WHERE id = $1",
            id,
            asked
        );
        var why = Texts.Clean(comment, LongestComment);
        var line = await JobLog.AppendAsync(
            connection,
            job,
            new(
                EventTypes.ApprovalReassigned,
                $"{caller.Actor.Name} asks {string.Join(", ", asked)} to decide '{shown.Title}'"
                    + (string.IsNullOrWhiteSpace(why) ? "" : $" — {why}"),
                EventData.Of(
                    new
                    {
                        approvalId = id,
                        to = asked,
                        comment = why,
                    }
                ),
                Actor: caller.Actor.Name
            )
        );
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, "approval.reassigned", $"approval:{id}")
            {
                TargetName = shown.Title,
                Before = new { shown.Turn.Approvers },
                After = new { Approvers = asked, Comment = why },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([line]);
        return new DecideOutcome.Decided(id, job, "pending", shown.Required);
    }

    private static async Task<Dictionary<string, string[]>> ProblemsAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        string[] asked,
        string? comment,
        CancellationToken cancellationToken
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (comment?.Length > LongestComment)
            errors["comment"] = [$"Use at most {LongestComment:N0} characters."];
        if (asked.Length is 0 or > MostNames || asked.Any(string.IsNullOrWhiteSpace))
        {
            errors["approvers"] = [$"Name 1 to {MostNames} groups or people."];
            return errors;
        }
        var known = await KnownAsync(connection, shown, asked, cancellationToken);
        if (known.Unknown.Count > 0)
            errors["approvers"] = [ApproverNames.Unknown(known.Unknown)];
        else if (known.Deciders < shown.Required)
            errors["approvers"] =
            [
                $"{(known.Deciders == 0 ? "None" : $"Only {known.Deciders}")} of them may decide here, and {shown.Required} must. Name people with the Approver role in {shown.Turn.Workspace}"
                    + (shown.Turn.NotStarter ? " who did not start the job." : "."),
            ];
        return errors;
    }

    /// <summary>Who of the names is nobody, and how many different people behind the others may decide.</summary>
    private static async Task<(IReadOnlyList<string> Unknown, int Deciders)> KnownAsync(
        NpgsqlConnection connection,
        PendingApproval shown,
        string[] asked,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            WITH named AS (
              SELECT n.name, u.id FROM unnest($1::text[]) n(name)
                LEFT JOIN users u ON lower(u.display_name) = lower(n.name) OR lower(u.email) = lower(n.name) OR 'person:' || u.id = lower(n.name)),
            grouped AS (
              SELECT n.name, m.person_id AS id FROM unnest($1::text[]) n(name) JOIN groups g ON g.name = lower(n.name)
                LEFT JOIN group_members m ON m.group_name = g.name)
            SELECT ARRAY(SELECT name FROM named WHERE id IS NULL AND NOT EXISTS (SELECT 1 FROM grouped WHERE grouped.name = named.name)),
                   (SELECT count(DISTINCT p.id) FROM (SELECT id FROM named UNION SELECT id FROM grouped) p
                     WHERE p.id IS DISTINCT FROM $3 AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.id AND u.disabled_at IS NULL) AND EXISTS (SELECT 1 FROM grants r WHERE r.principal_kind = 'person' AND r.principal_id = p.id
                       AND r.workspace IN ('*', $2) AND r.role IN ('approver','admin')))
            """,
            asked,
            shown.Turn.Workspace,
            (shown.Turn.NotStarter ? shown.Turn.Starter : null) ?? Guid.Empty
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetFieldValue<string[]>(0), (int)row.GetInt64(1));
    }
}
