using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Services;

/// <summary>One service: its circuit over time, how its calls went, how they failed, and who waits for it.</summary>
public sealed partial class ServicePage
{
    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Services", "/services")];
    private ServiceDetail? _detail;
    private bool _mayChange;

    [Parameter]
    public string Name { get; set; } = "";

    [SupplyParameterFromQuery(Name = "window")]
    public string? Window { get; set; }

    [Inject]
    private ServiceQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs, LiveTopic.Services];

    protected override object? LoadKey => (Name, Shown);

    private ServiceWindow Shown => ServiceWindow.Parse(Window) ?? ServiceWindow.Hour;

    /// <summary>Where a service is shown.</summary>
    public static string Address(string name, ServiceWindow? window = null) =>
        $"/services/{Uri.EscapeDataString(name)}"
        + (window is null || window == ServiceWindow.Hour ? "" : $"?window={window.Name}");

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _mayChange, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        Show(
            ref _detail,
            await Queries.DetailAsync(Name, Shown, caller is null ? [] : caller.Workspaces, cancellationToken)
        );
    }
}
