using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Approvals;
using AgentControl.Web.Jobs.Acting;
using AgentControl.Web.Jobs.Bulk;
using AgentControl.Web.Jobs.List;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Jobs;

/// <summary>All jobs, sorted and filtered by the URL and kept up to date in place.</summary>
public sealed partial class JobsPage
{
    private readonly JobsView _view = new();
    private IReadOnlyList<LabelCount> _counts = [];
    private IReadOnlyList<string> _problems = [];
    private IReadOnlyList<string> _agents = [];
    private JobsAddress? _shown;
    private JobsAddress? _selectedIn;
    private Guid? _menuRow;
    private (Guid Job, Guid Request)? _peek;
    private string? _typed;
    private bool _drawn;
    private readonly JobSelection _selection = new();
    private JobFilter _filter = JobFilter.None;
    private string? _bulkLock;
    private ElementReference _search;

    [Inject]
    private Announcer Announcer { get; set; } = null!;

    [Inject]
    private JobsReader Reader { get; set; } = null!;

    [Inject]
    private JobActor Actor { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    private string? After { get; set; }

    private JobsAddress Address => JobsAddress.Of(Query, View, After, Sort);

    private string NoMatch => Address.Query.Length > 0 ? $"No jobs match {Address.Query}." : "No job is yours yet.";

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override object LoadKey => Address;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var address = Address;
        if (_counts.Count == 0)
            _counts = LabelCounts.Unknown(address);
        var search = await Reader.ReadSearchAsync(address, cancellationToken);
        _problems = search.Problems;
        (_filter, _bulkLock) = (search.Filter, search.ActLock);
        if (_shown == address)
            await RefreshAsync(search, address, cancellationToken);
        else
            await OpenAsync(search, address, cancellationToken);
        IReadOnlyList<LabelCount>? counts = _counts;
        ShowRows(
            ref counts,
            LabelCounts.Of(
                await OnceAsync("counts", c => Reader.CountAsync(search, c), cancellationToken),
                address,
                search.Filter
            )
        );
        _counts = counts!;
    }

    private async Task OpenAsync(JobsSearch search, JobsAddress address, CancellationToken cancellationToken)
    {
        var page = await OnceAsync("page", c => Reader.PageAsync(search, address, c), cancellationToken);
        _view.Reset(page.Items, page.NextCursor);
        (_shown, _menuRow, _peek) = (address, null, null);
        // What was chosen from one list is not meant in another; pages of one list belong together.
        if (_selectedIn != address.Page(null))
            _selection.Clear();
        _selectedIn = address.Page(null);
        _agents = Reader.Agents;
    }

    private async Task RefreshAsync(JobsSearch search, JobsAddress address, CancellationToken cancellationToken)
    {
        // New jobs are counted where they would stand on top.
        var first = address is { After: null, Order: JobSort.Newest }
            ? await Reader.FirstAsync(search, cancellationToken)
            : null;
        var known = first?.Items.ToDictionary(j => j.Id) ?? [];
        var missing = _view.Rows.Select(r => r.Id).Where(id => !known.ContainsKey(id)).ToList();
        var rest = missing.Count == 0 ? [] : await Reader.ByIdAsync(missing, cancellationToken);
        var changed = _view.Merge(known.Values.Concat(rest), search.Filter);
        var before = _view.New;
        if (first is not null)
            changed |= _view.CountNew(first);
        if (_view.New > before)
            await Announcer.PoliteAsync($"{Formats.Count(_view.New, "new job")}.", "new jobs");
        Show(ref _drawn, changed ? !_drawn : _drawn);
    }

    private async Task ShowNewAsync()
    {
        _shown = null;
        await ReloadAsync();
    }

    private void SearchAsync() => Navigation.NavigateTo(Address.Search(_typed ?? Address.Query).Href);

    private void SortBy(ChangeEventArgs e) => Navigation.NavigateTo(Address.Sorted(e.Value?.ToString()).Href);

    /// <summary>How many match: the count of the chosen label, or of all.</summary>
    private long Matching =>
        _counts.FirstOrDefault(c => c.Chosen)?.Count ?? (_counts is [{ Count: { } all }, ..] ? all : 0);

    private void SelectAllMatching()
    {
        _selection.SetAll(_view.Rows, isIn: true);
        _selection.TakeAllMatching();
    }

    private void Select(Guid id, bool isIn) => _selection.Set(id, isIn);

    private void ToggleMenu(Guid id) => _menuRow = _menuRow == id ? null : id;

    private Task TogglePeekAsync(JobListRow row)
    {
        if (_peek?.Job == row.Id)
            return ClosePeekAsync(decided: false);
        if (row.ApprovalId is { } request)
            _peek = (row.Id, request);
        return Task.CompletedTask;
    }

    private async Task ClosePeekAsync(bool decided)
    {
        if (_peek is not { } peek)
            return;
        _peek = null;
        await Js.TryInvokeAsync(
            "ac.focusFirst",
            decided ? null : PeekButton.ElementId(peek.Request),
            JobRowCells.LinkId(peek.Job)
        );
    }

    private async Task ActAsync(JobListRow row, string action)
    {
        _menuRow = null;
        await Actor.ActAsync(
            new JobTarget(row.Id, row.ShortId, row.Name, row.Label, row.Workspace, row.ApprovalId),
            action
        );
        await ReloadAsync();
    }
}
