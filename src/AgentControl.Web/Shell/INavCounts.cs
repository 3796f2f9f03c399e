using System.Security.Claims;

namespace AgentControl.Web.Shell;

/// <summary>The number beside Approvals: how many requests wait for this person.</summary>
internal interface INavCounts
{
    Task<int> WaitingForAsync(ClaimsPrincipal person, CancellationToken cancellationToken);
}

/// <summary>Counts nothing; stands in where no approvals are stored.</summary>
internal sealed class NoNavCounts : INavCounts
{
    public Task<int> WaitingForAsync(ClaimsPrincipal person, CancellationToken cancellationToken) => Task.FromResult(0);
}
