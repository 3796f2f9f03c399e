using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>What went in and what came out.</summary>
public sealed partial class IoTab
{
    private JobView? _job;
    private string _drawn = "";

    [Inject]
    private JobQueries Jobs { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Parameter, EditorRequired]
    public string ShortId { get; set; } = "";

    protected override IEnumerable<string> Topics => _job is { IsFinal: true } ? [] : [LiveTopic.Job(JobId)];

    protected override object LoadKey => JobId;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // The input never changes: while the job runs only its end is of interest.
        if (_job is not null && await Jobs.SummaryAsync(JobId, cancellationToken) is { } now && now.State == _job.State)
            return;
        _job = await Jobs.FindAsync(JobId, cancellationToken);
        Show(ref _drawn, _job?.State ?? "");
    }
}
