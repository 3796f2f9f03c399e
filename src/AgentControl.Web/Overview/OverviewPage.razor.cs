using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Overview;

/// <summary>What needs me, what runs, and how the day went.</summary>
public sealed partial class OverviewPage
{
    private OverviewSnapshot? _now;

    [Inject]
    private OverviewReader Reader { get; set; } = null!;

    [Inject]
    private SampleJob Samples { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var next = await Reader.ReadAsync(Clock.GetUtcNow(), cancellationToken);
        if (!next.LooksLike(_now))
            Show(ref _now, next);
    }

    private async Task RunSampleAsync()
    {
        var (id, problem) = await Samples.StartAsync(CancellationToken.None);
        if (id is { } job)
            Navigation.NavigateTo($"/jobs/{Core.Jobs.ShortId.Of(job)}");
        else
            await Notices.ProblemAsync(problem!);
    }
}
