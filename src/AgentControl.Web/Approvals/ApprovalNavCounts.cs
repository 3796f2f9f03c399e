using System.Security.Claims;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Access;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Approvals;

/// <summary>The violet number beside Approvals.</summary>
internal sealed class ApprovalNavCounts(ApprovalQueries approvals, ICallerAccessor callers) : INavCounts
{
    public async Task<int> WaitingForAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        return caller is null ? 0 : await approvals.CountAsync(ApprovalAccess.WaitingFor(caller), cancellationToken);
    }
}
