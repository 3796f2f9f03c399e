using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Workspaces;

namespace AgentControl.Web.Jobs.New;

/// <summary>Starts jobs for whoever is signed in, and puts the sample contracts into a workspace.</summary>
internal sealed class JobStarter(
    JobCommands commands,
    AgentCatalog agents,
    WorkspaceFiles files,
    ICallerAccessor callers,
    IWebHostEnvironment web
)
{
    /// <summary>The agent a newcomer begins with: its samples lie with the program.</summary>
    public const string FirstAgent = "contracts";

    private const string Samples = "samples/contracts";

    public IReadOnlyList<AgentDefinition> Agents =>
        [.. agents.All.Where(a => !a.Internal).OrderBy(a => a.Name, StringComparer.Ordinal)];

    /// <summary>Why the caller may not start jobs there; null when they may.</summary>
    public async Task<string?> LockAsync(string workspace)
    {
        var caller = await callers.CurrentAsync(CancellationToken.None);
        return caller?.Has(Role.Operator, workspace) == true ? null : "Needs the Operator role";
    }

    /// <exception cref="AccessDeniedException">The caller may not start jobs there.</exception>
    public async Task<SubmitOutcome> StartAsync(JobSubmission job, CancellationToken cancellationToken)
    {
        var caller = await RequireAsync(job.Workspace ?? WorkspaceName.Default, cancellationToken);
        return await commands.SubmitAsync(job, caller.Actor, null, cancellationToken);
    }

    /// <summary>Writes the sample contracts into <see cref="NewJobView.SampleFolder"/>; files that are there unchanged stay as they are.</summary>
    /// <exception cref="AccessDeniedException">The caller may not write there.</exception>
    public async Task<int> PutSamplesAsync(string workspace, CancellationToken cancellationToken)
    {
        var caller = await RequireAsync(workspace, cancellationToken);
        var count = 0;
        foreach (
            var sample in web
                .WebRootFileProvider.GetDirectoryContents(Samples)
                .Where(f => f.Name.EndsWith(".txt", StringComparison.Ordinal))
        )
        {
            if (!WorkspacePath.TryParse(NewJobView.SampleFolder + sample.Name, out var path, out _))
                continue;
            await using var content = sample.CreateReadStream();
            var write = new FileWrite(Guid.CreateVersion7(), workspace, path, caller.ToAuthor())
            {
                ContentType = "text/plain",
            };
            await files.WriteAsync(write, content, cancellationToken);
            count++;
        }
        return count;
    }

    private async Task<Caller> RequireAsync(string workspace, CancellationToken cancellationToken)
    {
        var caller =
            await callers.CurrentAsync(cancellationToken) ?? throw new AccessDeniedException(Role.Operator, workspace);
        caller.Require(Role.Operator, workspace);
        return caller;
    }
}
