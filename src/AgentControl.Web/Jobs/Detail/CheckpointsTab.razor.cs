using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Paging;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>The saved versions of what the agent stashed.</summary>
public sealed partial class CheckpointsTab
{
    private IReadOnlyList<CheckpointView>? _rows;
    private CheckpointValue? _value;
    private int? _open;
    private bool _more;

    [Inject]
    private CheckpointQueries Checkpoints { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    protected override IEnumerable<string> Topics => [LiveTopic.Job(JobId)];

    protected override object LoadKey => JobId;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var page = await Checkpoints.ListAsync(JobId, limit: PageLimit.Max, cancellationToken: cancellationToken);
        _more = page.NextCursor is not null;
        ShowRows(ref _rows, page.Items);
    }

    private async Task OpenAsync(CheckpointView row)
    {
        var close = _open == row.Version;
        _open = close ? null : row.Version;
        _value = close ? null : await Checkpoints.FindAsync(JobId, row.Key, row.Version);
    }
}
