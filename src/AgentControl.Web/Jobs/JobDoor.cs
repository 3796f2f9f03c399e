using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>Finds the job that a route names and checks the caller's role in its workspace.</summary>
internal sealed class JobDoor(JobQueries jobs)
{
    /// <summary>The job; or null, and the route answers <see cref="NotFound"/>. A missing role is 403.</summary>
    public async Task<JobRef?> EnterAsync(
        string id,
        ClaimsPrincipal user,
        Role least,
        CancellationToken cancellationToken
    )
    {
        if (await jobs.ResolveAsync(id, cancellationToken) is not { } job)
            return null;
        user.RequireCaller().Require(least, job.Workspace);
        return job;
    }

    public static ProblemHttpResult NotFound(string id) => Problems.NotFound($"job {id}");
}
