using AgentControl.Core.Approvals;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>What a job says about its approvals, or the job that it is a child of: the person who started it, and its own terms.</summary>
internal sealed record JobTerms(Guid? Starter, ApprovalTerms Terms)
{
    private const int Deepest = 64;

    public static async Task<JobTerms> OfAsync(NpgsqlConnection connection, Guid job)
    {
        await using var command = Sql.Command(
            connection,
            """
            WITH RECURSIVE up AS (
              SELECT id, parent_id, submitter, approval_policy, 0 AS depth FROM jobs WHERE id = $1
              UNION ALL
              SELECT j.id, j.parent_id, j.submitter, j.approval_policy, up.depth + 1 FROM jobs j JOIN up ON j.id = up.parent_id WHERE up.depth < $2)
            SELECT (SELECT submitter FROM up WHERE submitter IS NOT NULL ORDER BY depth LIMIT 1),
                   (SELECT approval_policy FROM up WHERE approval_policy IS NOT NULL ORDER BY depth LIMIT 1)
            """,
            job,
            Deepest
        );
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new JobTerms(
            row.IsDBNull(0) ? null : row.GetGuid(0),
            ApprovalTerms.Stored(row.IsDBNull(1) ? null : row.GetString(1))
        );
    }

    /// <summary>The request under the policy of its scope and these terms. The engine's own questions are asked as they are: they guard the job itself.</summary>
    public ApprovalRequest Over(ApprovalRequest request, ApprovalTerms policy) =>
        request.Kind is ApprovalKinds.Approval ? policy.Rule(request, Terms) : request;
}
