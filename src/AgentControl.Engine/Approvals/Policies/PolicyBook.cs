using AgentControl.Core.Approvals;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals.Policies;

/// <summary>What admins said beforehand about a request that is about to be asked.</summary>
/// <param name="Policy">The terms of the narrowest policy; says nothing where there is none.</param>
/// <param name="Rules">Standing rules that name it, the narrowest first.</param>
internal sealed record PolicyBook(ApprovalTerms Policy, IReadOnlyList<StandingRule> Rules)
{
    public static async Task<PolicyBook> ForAsync(
        NpgsqlConnection connection,
        string agent,
        string action,
        string workspace
    )
    {
        var terms = await Sql.ScalarAsync<string>(
            connection,
            """
            SELECT terms FROM approval_policies WHERE agent IN ('', $1) AND action IN ('', $2) AND workspace IN ('', $3)
             ORDER BY action = '', agent = '', workspace = '' LIMIT 1
            """,
            agent,
            action,
            workspace
        );
        // The rule cannot be revoked between this look and the decision that is made by it.
        await using var command = Sql.Command(
            connection,
            """
            SELECT id, agent, action, workspace, decision, reason, maker, maker_name, created_at, expires_at FROM approval_rules
             WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ac_now()) AND agent = $1 AND action IN ('', $2) AND workspace IN ('', $3)
             ORDER BY action = '', workspace = '', decision = 'approve', created_at DESC FOR SHARE
            """,
            agent,
            action,
            workspace
        );
        var rules = new List<StandingRule>();
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
                rules.Add(StandingRule.Read(row));
        }
        return new PolicyBook(ApprovalTerms.Stored(terms), rules);
    }

    /// <summary>
    /// The rule that decides this request; null where a person has to. Never what is high risk, what several must approve, what the engine
    /// asks itself, or the job of the rule's maker where they may not decide it.
    /// </summary>
    /// <param name="starter">The person who started the job; null for programs, which are told apart by their names.</param>
    public StandingRule? RuleFor(ApprovalRequest request, Guid? starter, string submittedBy) =>
        request is { Kind: ApprovalKinds.Approval, HighRisk: false, Required: <= 1 }
            ? Rules.FirstOrDefault(rule =>
                request.Decisions.Contains(rule.Decides) && !(request.NotStarter && rule.IsBy(starter, submittedBy))
            )
            : null;
}
