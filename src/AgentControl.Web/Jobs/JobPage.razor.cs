using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs;

/// <summary>Finds the job that the address names, by id or short id.</summary>
public sealed partial class JobPage
{
    private JobRef? _job;

    /// <summary>What the answer belongs to, also where there is no such job.</summary>
    private string? _asked;

    [Inject]
    private JobQueries Jobs { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Parameter]
    public string Id { get; set; } = "";

    [Parameter]
    public string? Tab { get; set; }

    protected override object LoadKey => Id;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var id = Id;
        Show(ref _job, await OnceAsync("job", c => FindAsync(id, c), cancellationToken));
        Show(ref _asked, id);
    }

    private async Task<JobRef?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var job = await Jobs.ResolveAsync(id, cancellationToken);
        var caller = await Callers.CurrentAsync(cancellationToken);
        return job is not null && (caller?.Has(Engine.Access.Role.Viewer, job.Workspace) ?? false) ? job : null;
    }
}
