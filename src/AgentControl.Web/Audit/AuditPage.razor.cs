using AgentControl.Engine.Audit;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Audit;

/// <summary>Who changed what, when and from where; the URL is its filter.</summary>
public sealed partial class AuditPage
{
    private readonly AuditView _view = new();
    private IReadOnlyList<string> _actions = [];
    private AuditLine? _linked;
    private AuditChainState? _chain;
    private AuditAddress? _filled;
    private AuditAddress? _shown;
    private bool _drawn;
    private string? _who;
    private string _action = "";
    private string? _target;
    private DateOnly? _from;
    private DateOnly? _to;
    private bool _verifying;

    [SupplyParameterFromQuery(Name = "who")]
    public string? Who { get; set; }

    [SupplyParameterFromQuery(Name = "action")]
    public string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "target")]
    public string? Target { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [SupplyParameterFromQuery(Name = "line")]
    public string? Line { get; set; }

    [Inject]
    private Announcer Announcer { get; set; } = null!;

    [Inject]
    private AuditQueries Queries { get; set; } = null!;

    [Inject]
    private AuditChain Chain { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private AuditAddress Address => AuditAddress.Of(Who, Action, Target, From, To, After, Line);

    /// <summary>New lines stand on the first page.</summary>
    protected override IEnumerable<string> Topics => Address.After is null ? [LiveTopic.Audit] : [];

    protected override object LoadKey => Address;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var address = Address;
        Fill(address);
        var lines = await Queries.ListAsync(address.Filter, address.After, AuditView.PageSize + 1, cancellationToken);
        // A line that is opened moves none of the others.
        var list = address with
        {
            Line = null,
        };
        if (_shown != list)
        {
            _actions = await Queries.ActionsAsync(cancellationToken);
            _view.Reset(lines);
            _shown = list;
            Show(ref _drawn, !_drawn);
        }
        else if (list.After is null)
            await CountNewAsync(lines);
        var linked =
            address.Line is { } id && _view.Lines!.All(line => line.Id != id)
                ? await Queries.FindAsync(id, cancellationToken)
                : null;
        Show(ref _linked, linked);
    }

    private async Task CountNewAsync(IReadOnlyList<AuditLine> first)
    {
        var before = _view.New;
        if (_view.CountNew(first))
            Show(ref _drawn, !_drawn);
        if (_view.New > before)
            await Announcer.PoliteAsync($"{Formats.Count(_view.New, "new line")}.", "new lines");
    }

    private async Task ShowNewAsync()
    {
        _shown = null;
        await ReloadAsync();
    }

    private void Fill(AuditAddress address)
    {
        if (
            _filled is { } shown
            && shown with { Line = null, After = null } == address with { Line = null, After = null }
        )
            return;
        (_filled, _who, _action, _target) = (address, address.Who, address.Action ?? "", address.Target);
        (_from, _to) = (address.From, address.To);
    }

    private void FilterAsync() => Navigation.NavigateTo(AuditAddress.Filtered(_who, _action, _target, _from, _to).Href);

    private async Task VerifyAsync()
    {
        _verifying = true;
        try
        {
            _chain = await Chain.VerifyAsync(null, CancellationToken.None);
        }
        finally
        {
            _verifying = false;
        }
    }
}
