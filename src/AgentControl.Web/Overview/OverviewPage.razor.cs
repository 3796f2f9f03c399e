using AgentControl.Engine.Approvals;
using AgentControl.Web.Approvals;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Overview;

/// <summary>What needs me, what runs, and how the day went.</summary>
public sealed partial class OverviewPage
{
    /// <summary>What stands there while the data are on their way, the wide one last.</summary>
    private static readonly (string Title, int Rows)[] _panels =
    [
        ("Needs you", 3),
        ("Odd in the last 24 h", 3),
        ("Running now", 8),
    ];

    private OverviewSnapshot? _now;
    private ApprovalView? _peeked;
    private int _peekedAt;

    [SupplyParameterFromQuery(Name = "range")]
    public string? Range { get; set; }

    [Inject]
    private OverviewReader Reader { get; set; } = null!;

    [Inject]
    private SampleJob Samples { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    private string Shown => OverviewAddress.RangeOf(Range);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var next = await Reader.ReadAsync(Clock.GetUtcNow(), cancellationToken);
        if (!next.LooksLike(_now))
            Show(ref _now, next);
    }

    /// <summary>What waits for the person, and in its place what they have open though it does not wait any more.</summary>
    private IReadOnlyList<ApprovalView> Asked(OverviewSnapshot now)
    {
        if (_peeked is not { } peeked || now.Requests.Any(r => r.Id == peeked.Id))
            return now.Requests;
        List<ApprovalView> asked = [.. now.Requests];
        asked.Insert(Math.Min(_peekedAt, asked.Count), peeked);
        return asked;
    }

    private Task TogglePeekAsync(ApprovalView request)
    {
        if (_peeked?.Id == request.Id)
            return ClosePeekAsync(decided: false);
        _peekedAt = _now is null ? 0 : Math.Max(0, Asked(_now).ToList().FindIndex(r => r.Id == request.Id));
        _peeked = request;
        return Task.CompletedTask;
    }

    /// <summary>The focus goes back to where it was, or to the next request where that one is decided.</summary>
    private async Task ClosePeekAsync(bool decided)
    {
        if (_peeked is not { } closed || _now is not { } now)
            return;
        var others = Asked(now).Where(r => r.Id != closed.Id).ToList();
        var next = others.Skip(_peekedAt).FirstOrDefault() ?? others.LastOrDefault();
        _peeked = null;
        await ReloadAsync();
        await Js.TryInvokeAsync(
            "ac.focusFirst",
            decided ? null : PeekButton.ElementId(closed.Id),
            next is null ? null : PeekButton.ElementId(next.Id)
        );
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
