using AgentControl.Engine.Anomalies;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Anomalies;

/// <summary>The newest anomalies of one job. It follows the number of them that the job's head tells.</summary>
public sealed partial class JobAnomalies
{
    private const int Most = 3;
    private IReadOnlyList<AnomalyView>? _lines;

    [Inject]
    private AnomalyQueries Queries { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Parameter, EditorRequired]
    public string ShortId { get; set; } = "";

    /// <summary>How many the job has.</summary>
    [Parameter, EditorRequired]
    public int Count { get; set; }

    protected override object LoadKey => (JobId, Count);

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        ShowRows(ref _lines, await Queries.OfJobAsync(JobId, Most, cancellationToken));
}
