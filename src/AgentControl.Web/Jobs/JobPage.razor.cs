using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs;

/// <summary>Finds the job that the address names, by id or short id.</summary>
public sealed partial class JobPage
{
    private JobRef? _job;
    private LoadFailure? _failure;
    private bool _missing;
    private string? _asked;

    [Inject]
    private JobQueries Jobs { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private ILogger<JobPage> Logger { get; set; } = null!;

    [Parameter]
    public string Id { get; set; } = "";

    [Parameter]
    public string? Tab { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_asked == Id)
            return;
        _asked = Id;
        await FindAsync();
    }

    private async Task FindAsync()
    {
        (_failure, _missing) = (null, false);
        try
        {
            var job = await Jobs.ResolveAsync(Id);
            var caller = await Callers.CurrentAsync(CancellationToken.None);
            _job = job is not null && (caller?.Has(Engine.Access.Role.Viewer, job.Workspace) ?? false) ? job : null;
            _missing = _job is null;
        }
        catch (Exception e)
        {
            _failure = LoadFailure.Next();
            Log.LoadFailed(Logger, nameof(JobPage), _failure.Id, e);
        }
    }
}
