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
    /// <summary>The job; or null, and the route answers <see cref="NotFound"/>. A missing role is 403, and so is another's job for the token of a job.</summary>
    public async Task<JobRef?> EnterAsync(
        string id,
        ClaimsPrincipal user,
        Role least,
        CancellationToken cancellationToken
    )
    {
        if (await jobs.ResolveAsync(id, cancellationToken) is not { } job)
            return null;
        var caller = user.RequireCaller();
        caller.Require(least, job.Workspace);
        // It works in the workspace of its job, and other jobs there are none of its business.
        if (caller.Kind == CallerKind.Job && least > Role.Viewer && job.Id != caller.Id && job.ParentId != caller.Id)
            throw AccessDeniedException.OthersJob(least, job.Workspace);
        return job;
    }

    public static ProblemHttpResult NotFound(string id) => Problems.NotFound($"job {id}");
}
