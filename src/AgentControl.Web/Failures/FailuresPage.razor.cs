using AgentControl.Core.Failures;
using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Failures;

/// <summary>What failed, by cause; the URL is its filter, and it is kept up to date in place.</summary>
public sealed partial class FailuresPage
{
    private const int PageSize = 50;

    private static readonly string?[] _statuses =
    [
        FailureStatus.Unresolved,
        FailureStatus.Resolved,
        FailureStatus.Ignored,
        null,
    ];

    private readonly FailuresView _view = new();
    private IReadOnlyDictionary<string, int>? _counts;
    private IReadOnlyList<string> _agents = [];
    private FailuresAddress? _shown;
    private bool _mayAct;
    private bool _drawn;

    [SupplyParameterFromQuery(Name = "status")]
    private string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "agent")]
    private string? Agent { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    private string? After { get; set; }

    [Inject]
    private FailureQueries Queries { get; set; } = null!;

    [Inject]
    private FailureDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Failures];

    protected override object LoadKey => Address;

    private FailuresAddress Address => FailuresAddress.Of(Status, Agent, After);

    private IEnumerable<string> Agents =>
        Address.Agent is { } chosen && !_agents.Contains(chosen) ? _agents.Append(chosen) : _agents;

    // The place of a digit, so that nothing moves when the count comes.
    private string CountOf(string? status) =>
        _counts is { } counts ? Formats.Number(status is null ? counts.Values.Sum() : counts[status]) : "\u2007";

    private string? RetryLock =>
        !_mayAct ? FailureDesk.NeedsOperator
        : _counts?[FailureStatus.Unresolved] == 0 ? "Nothing is unresolved"
        : null;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var address = Address;
        var caller = await Desk.CallerAsync(cancellationToken);
        var filter = new FailureFilter
        {
            Status = address.Status,
            Agent = address.Agent,
            Visible = caller.Workspaces,
        };
        _mayAct = caller.HasAnywhere(Role.Operator);
        if (_shown == address)
            await RefreshAsync(filter, address, cancellationToken);
        else
        {
            _view.Reset(
                await OnceAsync("page", c => Queries.ListAsync(filter, address.After, PageSize, c), cancellationToken)
            );
            _shown = address;
        }
        var counts = await OnceAsync("counts", c => Queries.CountAsync(filter, c), cancellationToken);
        if (_counts is null || FailureStatus.All.Any(s => _counts[s] != counts[s]))
            Show(ref _counts, counts);
        IReadOnlyList<string>? agents = _agents;
        ShowRows(ref agents, await Queries.AgentsAsync(caller.Workspaces, cancellationToken));
        _agents = agents!;
    }

    private async Task RefreshAsync(FailureFilter filter, FailuresAddress address, CancellationToken cancellationToken)
    {
        var ids = _view.Rows.Select(r => r.Group.Id).ToList();
        var changed = _view.Merge(await Queries.ByIdAsync(ids, filter.Visible, cancellationToken), address.Status);
        if (address.After is null)
            changed |= _view.CountNew(await Queries.ListAsync(filter, null, PageSize, cancellationToken));
        Show(ref _drawn, changed ? !_drawn : _drawn);
    }

    private async Task ShowNewAsync()
    {
        _shown = null;
        await ReloadAsync();
    }

    private void ChooseAgent(ChangeEventArgs e) =>
        Navigation.NavigateTo((FailuresAddress.Of(Status, e.Value?.ToString(), null)).Href);
}
