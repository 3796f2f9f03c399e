using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>One job: its head, which follows the job, and the tab that the address names.</summary>
public sealed partial class JobFrame
{
    private JobHeader? _head;
    private string? _readOnly;

    [Inject]
    private JobHeaderReader Reader { get; set; } = null!;

    [Inject]
    private WorkspaceReader Workspaces { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Parameter, EditorRequired]
    public string ShortId { get; set; } = "";

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Parameter, EditorRequired]
    public string Tab { get; set; } = JobTabs.Timeline;

    protected override IEnumerable<string> Topics => [LiveTopic.Job(JobId)];

    protected override object LoadKey => JobId;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_head is null)
            _readOnly = await Workspaces.WhyReadOnlyAsync(Workspace, cancellationToken);
        var head = await Reader.ReadAsync(JobId, cancellationToken);
        if (!head.LooksLike(_head))
            Show(ref _head, head);
    }

    private long? CountOf(string tab) =>
        _head is null
            ? null
            : tab switch
            {
                JobTabs.Events => _head.Job.LastEvent,
                JobTabs.Checkpoints when _head.Checkpoints > 0 => _head.Checkpoints,
                JobTabs.Approvals when _head.Approvals > 0 => _head.Approvals,
                _ => null,
            };
}
