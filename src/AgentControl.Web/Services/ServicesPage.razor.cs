using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Services;

/// <summary>Circuits of services, and how their calls went; admins test, reset and block.</summary>
public sealed partial class ServicesPage
{
    private IReadOnlyList<ServiceView>? _services;
    private bool _mayChange;

    [SupplyParameterFromQuery(Name = "window")]
    public string? Window { get; set; }

    [Inject]
    private ServiceQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs, LiveTopic.Services];

    protected override object? LoadKey => Shown;

    private ServiceWindow Shown => ServiceWindow.Parse(Window) ?? ServiceWindow.Hour;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _mayChange, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        ShowRows(ref _services, await Queries.ListAsync(Shown, cancellationToken));
    }
}
