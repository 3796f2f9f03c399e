using AgentControl.Engine.Schedules;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Schedules;

/// <summary>Every schedule: when it is due, how its runs went, and whether it is on.</summary>
public sealed partial class SchedulesPage
{
    private IReadOnlyList<ScheduleSummary>? _schedules;
    private string? _next;
    private Func<string, string?> _lock = _ => null;

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [Inject]
    private ScheduleQueries Queries { get; set; } = null!;

    [Inject]
    private ScheduleDesk Desk { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Schedules, LiveTopic.Jobs];

    protected override object? LoadKey => After;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        _lock = await Desk.LockAsync(cancellationToken);
        var page = await Queries.ListAsync(
            new ScheduleFilter { Visible = caller is null ? [] : caller.Workspaces },
            After,
            cancellationToken: cancellationToken
        );
        Show(ref _next, page.NextCursor);
        ShowRows(ref _schedules, page.Items);
    }

    private Task SwitchAsync(ScheduleSummary schedule) => Desk.SwitchAsync(schedule, ReloadAsync);
}
