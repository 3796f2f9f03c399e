using AgentControl.Engine.Access;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Schedules;

/// <summary>One schedule: its rule, what is due next, and what became of what was.</summary>
public sealed partial class SchedulePage
{
    private const int LinesOfHistory = 20;

    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Schedules", "/schedules")];
    private ScheduleView? _schedule;
    private IReadOnlyList<ScheduleRunView>? _runs;
    private string? _next;
    private string? _lock;

    [Parameter]
    public string Name { get; set; } = "";

    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    [Inject]
    private ScheduleQueries Queries { get; set; } = null!;

    [Inject]
    private ScheduleDesk Desk { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Schedules, LiveTopic.Jobs];

    protected override object? LoadKey => (Name, Before);

    /// <summary>Where a schedule is shown.</summary>
    public static string Address(string name) => $"/schedules/{Uri.EscapeDataString(name)}";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        var schedule = await Queries.FindAsync(Name, cancellationToken);
        // Of another workspace: as if it were not there.
        if (schedule is not null && caller?.Has(Role.Viewer, schedule.Workspace) != true)
            schedule = null;
        var locks = await Desk.LockAsync(cancellationToken);
        var page = await Queries.RunsAsync(Name, Before, LinesOfHistory, cancellationToken);
        Show(ref _lock, schedule is null ? null : locks(schedule.Workspace));
        Show(ref _next, page.NextCursor);
        ShowRows(ref _runs, page.Items);
        Show(ref _schedule, schedule);
    }

    private ConfirmRequest Question() =>
        new($"Delete {Name}?", "Keep it", "Delete schedule")
        {
            Text = "Its history goes with it, and nothing brings it back. Jobs that it started stay as they are.",
            AskHarder = true,
        };

    private async Task RunAsync()
    {
        await Desk.RunAsync(Name);
        await ReloadAsync();
    }

    private Task SwitchAsync() => Desk.SwitchAsync(_schedule!, ReloadAsync);

    private async Task DeleteAsync()
    {
        if (await Desk.DeleteAsync(Name, _schedule!.Version))
            Navigation.NavigateTo("/schedules");
        else
            await ReloadAsync();
    }
}
