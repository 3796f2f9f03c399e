using AgentControl.Engine.Approvals;
using AgentControl.Engine.Paging;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>What the job asked people, with the exact content that was decided.</summary>
public sealed partial class ApprovalsTab
{
    private IReadOnlyList<ApprovalView> _requests = [];
    private string _drawn = "";

    [Inject]
    private ApprovalQueries Approvals { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    protected override IEnumerable<string> Topics => [LiveTopic.Job(JobId)];

    protected override object LoadKey => JobId;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _requests = (
            await Approvals.ListAsync(
                new ApprovalFilter { JobId = JobId },
                limit: PageLimit.Max,
                cancellationToken: cancellationToken
            )
        ).Items;
        Show(ref _drawn, string.Join(' ', _requests.Select(r => $"{r.Id}.{r.Revision}.{r.State}.{r.Votes.Count}")));
    }
}
