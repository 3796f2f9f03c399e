using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Approvals.Policies;

/// <summary>Decisions upon like requests that were all the same lately.</summary>
/// <param name="Decision">approve or reject.</param>
/// <param name="Count">How many in a row.</param>
/// <param name="Since">When the first of them was decided.</param>
public sealed record RuleSuggestion(ApprovalScope Scope, string Decision, int Count, DateTimeOffset Since);

/// <summary>Keeps the standing rules; for admins. Each is recorded with its maker and reason, and so is every decision by it.</summary>
public sealed class StandingRules(NpgsqlDataSource database)
{
    /// <summary>From so many equal decisions in a row on, a rule is suggested.</summary>
    public const int Enough = 10;

    private const int LongestReason = 2_000;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private const string Columns =
        "id, agent, action, workspace, decision, reason, maker, maker_name, created_at, expires_at";

    /// <summary>What holds now first, then what ended; newest first, at most 500.</summary>
    public async Task<IReadOnlyList<StandingRule>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            $"""
            SELECT {Columns}, revoked_at, revoked_by, (SELECT count(*) FROM approvals a WHERE a.rule_id = r.id), (SELECT max(decided_at) FROM approvals a WHERE a.rule_id = r.id)
              FROM approval_rules r ORDER BY revoked_at IS NOT NULL OR expires_at <= ac_now(), created_at DESC LIMIT 500
            """
        );
        var rules = new List<StandingRule>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        while (await row.ReadAsync(cancellationToken))
            rules.Add(
                StandingRule.Read(row) with
                {
                    RevokedAt = Time(10),
                    RevokedBy = row.IsDBNull(11) ? null : row.GetString(11),
                    Uses = row.GetInt64(12),
                    LastUsedAt = Time(13),
                }
            );
        return rules;
    }

    /// <param name="decision">approve or reject.</param>
    /// <param name="lasts">How long it holds; null until it is revoked.</param>
    public async Task<PolicyOutcome<StandingRule>> MakeAsync(
        ApprovalScope scope,
        string? decision,
        string? reason,
        TimeSpan? lasts,
        Caller who,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var where = scope.Checked(errors);
        if (where.Agent is null)
            errors["agent"] = ["Name the agent: a rule for every agent would decide what nobody has seen yet."];
        if (decision is not ("approve" or "reject"))
            errors["decision"] = ["Use approve or reject."];
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason)
            errors["reason"] =
            [
                $"Say why in 1 to {LongestReason:N0} characters. It stands with every decision of the rule.",
            ];
        if (lasts is { } time && (time < Shortest || time > Longest))
            errors["lastsSeconds"] =
            [
                $"Use {Shortest.TotalSeconds} to {Longest.TotalSeconds:0} seconds, or leave it out for a rule without an end.",
            ];
        if (errors.Count > 0)
            return new PolicyOutcome<StandingRule>.Invalid(errors);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var made = await InsertAsync(connection, where, decision!, reason!, lasts, who, cancellationToken);
        await AuditAsync(
            connection,
            transaction,
            who,
            "approvalRule.created",
            made,
            new
            {
                made.Decision,
                made.Reason,
                made.ExpiresAt,
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new PolicyOutcome<StandingRule>.Saved(made, IsNew: true);
    }

    /// <summary>From now on people decide again. False where there is no such rule, or it has ended.</summary>
    public async Task<bool> RevokeAsync(Guid id, Caller who, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        StandingRule revoked;
        await using (
            var command = Sql.Command(
                connection,
                $"UPDATE approval_rules SET revoked_at = ac_now(), revoked_by = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING {Columns}",
                id,
                who.Display
            )
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
                return false;
            revoked = StandingRule.Read(row);
        }
        await AuditAsync(connection, transaction, who, "approvalRule.revoked", revoked, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A rule that would decide like people have decided requests like this one; null where they differed, or there were too few.</summary>
    public async Task<RuleSuggestion?> SuggestAsync(ApprovalView like, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(like);
        if (like is not { Kind: "approval", HighRisk: false, Required: <= 1 } || like.Action is not { Length: > 0 })
            return null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            """
            SELECT min(state), max(state), count(*), min(decided_at) FROM (
              SELECT state, decided_at FROM approvals WHERE agent = $1 AND action = $2 AND workspace = $3 AND decided_at IS NOT NULL
                 AND rule_id IS NULL AND state NOT IN ('expired','cancelled') ORDER BY decided_at DESC LIMIT $4) last
            """,
            like.Agent,
            like.Action,
            like.Workspace,
            Enough
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        if (row.GetInt64(2) < Enough || row.GetString(0) != row.GetString(1))
            return null;
        return row.GetString(0) switch
        {
            "approved" => Suggestion("approve"),
            "rejected" => Suggestion("reject"),
            _ => null,
        };

        RuleSuggestion Suggestion(string decision) =>
            new(
                new ApprovalScope(like.Agent, like.Action, like.Workspace),
                decision,
                Enough,
                row.GetFieldValue<DateTimeOffset>(3)
            );
    }

    private static async Task<StandingRule> InsertAsync(
        NpgsqlConnection connection,
        ApprovalScope scope,
        string decision,
        string reason,
        TimeSpan? lasts,
        Caller who,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            $"""
            INSERT INTO approval_rules (id, agent, action, workspace, decision, reason, maker, maker_name, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ac_now(), ac_now() + $9) RETURNING {Columns}
            """,
            Guid.CreateVersion7(),
            scope.Agent,
            scope.Action ?? ApprovalScope.Any,
            scope.Workspace ?? ApprovalScope.Any,
            decision,
            Texts.Clean(reason.Trim(), LongestReason),
            who.Actor.Voter,
            who.Display
        );
        command.Parameters.Add(
            new NpgsqlParameter { Value = (object?)lasts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval }
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return StandingRule.Read(row);
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Caller who,
        string action,
        StandingRule rule,
        object? after,
        CancellationToken cancellationToken
    ) =>
        AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(who.Actor, action, $"approvalRule:{rule.Id}")
            {
                TargetName = rule.Scope.ToString(),
                Before = after is null
                    ? new
                    {
                        rule.Decision,
                        rule.Reason,
                        rule.ExpiresAt,
                    }
                    : null,
                After = after,
            },
            cancellationToken
        );
}
