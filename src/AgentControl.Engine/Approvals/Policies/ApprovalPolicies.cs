using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals.Policies;

/// <summary>Terms for every request of a scope. The narrowest that fits a request holds for it: a named action before an agent, an agent before a workspace.</summary>
public sealed record ApprovalPolicy(
    Guid Id,
    ApprovalScope Scope,
    ApprovalTerms Terms,
    string ChangedBy,
    DateTimeOffset ChangedAt
);

/// <summary>How a change of policies or rules went.</summary>
public abstract record PolicyOutcome<T>
{
    private PolicyOutcome() { }

    public sealed record Saved(T Value, bool IsNew) : PolicyOutcome<T>;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : PolicyOutcome<T>;
}

/// <summary>Keeps the policies; changes are for admins, and hold for what is asked from then on.</summary>
public sealed class ApprovalPolicies(NpgsqlDataSource database)
{
    private const string Columns = "id, agent, action, workspace, terms, changed_by, changed_at";

    public async Task<IReadOnlyList<ApprovalPolicy>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(
            connection,
            $"SELECT {Columns} FROM approval_policies ORDER BY agent, action, workspace",
            cancellationToken
        );
    }

    /// <summary>Makes the policy of a scope, or changes it.</summary>
    /// <param name="terms">A JSON object of <see cref="ApprovalTerms"/>.</param>
    public async Task<PolicyOutcome<ApprovalPolicy>> SaveAsync(
        ApprovalScope scope,
        JsonElement? terms,
        Caller who,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var where = scope.Checked(errors);
        var said = terms is { } json
            ? ApprovalTerms.Read(json, "terms", (field, why) => errors[field] = [why], isPolicy: true)
            : null;
        if (said is null)
            errors["terms"] = ["Give the terms: an object with who decides, by when, and what follows."];
        else if (said.SaysNothing)
            errors.TryAdd("terms", ["Say at least one thing: a policy without terms changes nothing."]);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (said is not null)
            await ApproverNames.CheckAsync(connection, said, "terms", errors, cancellationToken);
        if (errors.Count > 0)
            return new PolicyOutcome<ApprovalPolicy>.Invalid(errors);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var key = (
            where.Agent ?? ApprovalScope.Any,
            where.Action ?? ApprovalScope.Any,
            where.Workspace ?? ApprovalScope.Any
        );
        var before = await ReadAsync(
            connection,
            $"SELECT {Columns} FROM approval_policies WHERE agent = $1 AND action = $2 AND workspace = $3 FOR UPDATE",
            cancellationToken,
            key.Item1,
            key.Item2,
            key.Item3
        );
        var saved = await ReadAsync(
            connection,
            $"""
            INSERT INTO approval_policies (id, agent, action, workspace, terms, changed_by, changed_at) VALUES ($4, $1, $2, $3, $5, $6, ac_now())
            ON CONFLICT (agent, action, workspace) DO UPDATE SET terms = EXCLUDED.terms, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
            RETURNING {Columns}
            """,
            cancellationToken,
            key.Item1,
            key.Item2,
            key.Item3,
            Guid.CreateVersion7(),
            terms!.Value.GetRawText(),
            who.Display
        );
        await AuditAsync(connection, transaction, who, before.SingleOrDefault(), saved.Single(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new PolicyOutcome<ApprovalPolicy>.Saved(saved.Single(), before.Count == 0);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, Caller who, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = await ReadAsync(
            connection,
            $"DELETE FROM approval_policies WHERE id = $1 RETURNING {Columns}",
            cancellationToken,
            id
        );
        if (gone.Count == 0)
            return false;
        await AuditAsync(connection, transaction, who, gone[0], null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Caller who,
        ApprovalPolicy? before,
        ApprovalPolicy? after,
        CancellationToken cancellationToken
    )
    {
        var policy = (after ?? before)!;
        var did =
            before is null ? "created"
            : after is null ? "deleted"
            : "changed";
        return AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(who.Actor, $"policy.{did}", $"policy:{policy.Id}")
            {
                TargetName = policy.Scope.ToString(),
                Before = before?.Terms,
                After = after?.Terms,
            },
            cancellationToken
        );
    }

    private static async Task<List<ApprovalPolicy>> ReadAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object?[] values
    )
    {
        await using var command = Sql.Command(connection, sql, values);
        var found = new List<ApprovalPolicy>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            found.Add(
                new ApprovalPolicy(
                    row.GetGuid(0),
                    ApprovalScope.Stored(row.GetString(1), row.GetString(2), row.GetString(3)),
                    ApprovalTerms.Stored(row.GetString(4)),
                    row.GetString(5),
                    row.GetFieldValue<DateTimeOffset>(6)
                )
            );
        return found;
    }
}
