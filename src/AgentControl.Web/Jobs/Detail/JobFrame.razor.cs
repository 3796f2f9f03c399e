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
        var read = await OnceAsync("head", ReadAsync, cancellationToken);
        _readOnly = read.WhyReadOnly;
        var head = read.ToHead();
        if (!head.LooksLike(_head))
            Show(ref _head, head);
    }

    private async Task<Read> ReadAsync(CancellationToken cancellationToken)
    {
        var whyReadOnly = _head is null ? await Workspaces.WhyReadOnlyAsync(Workspace, cancellationToken) : _readOnly;
        var head = await Reader.ReadAsync(JobId, cancellationToken);
        return new(whyReadOnly, head, head.Job.IsUnserved, head.Job.KeyHolder);
    }

    /// <summary>What was read, with what the contract's form of a job leaves out.</summary>
    private sealed record Read(string? WhyReadOnly, JobHeader Head, bool IsUnserved, string? KeyHolder)
    {
        public JobHeader ToHead() =>
            Head with
            {
                Job = Head.Job with { IsUnserved = IsUnserved, KeyHolder = KeyHolder },
            };
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
