using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Agents;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Notes;

/// <summary>One note of an agent: its versions, and a field to write the next one. What is typed stays while newer versions come.</summary>
public sealed partial class NotePage
{
    private NoteVersion? _note;
    private IReadOnlyList<NoteVersionView>? _versions;
    private string? _whyReadOnly;
    private bool _denied;
    private bool _editing;
    private bool _left;
    private bool _busy;
    private NoteDraft _draft = new();
    private string? _nowhere;
    private (string Agent, string Workspace, string? Name) _place;

    [Parameter]
    public string Agent { get; set; } = "";

    /// <summary>Null for a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [SupplyParameterFromQuery(Name = "ws")]
    public string? Chosen { get; set; }

    [SupplyParameterFromQuery(Name = "v")]
    public string? Version { get; set; }

    [Inject]
    private NoteQueries Queries { get; set; } = null!;

    [Inject]
    private NoteDesk Desk { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Agent, Workspace, Name, Version);

    private string Workspace => WorkspaceName.IsValid(Chosen) ? Chosen : WorkspaceName.Default;

    private string Title => Name ?? "New note";

    private List<Crumb> Crumbs => [new("Agents", "/agents"), new(Agent, AgentPage.Address(Agent))];

    private bool IsNewest => _versions is not [var newest, ..] || newest.Version == _note?.Version;

    private bool IsGone => _versions is [{ Deleted: true }, ..];

    /// <summary>Where a note is shown.</summary>
    public static string Address(string agent, string workspace, string name, int? version = null) =>
        $"{AgentPage.Address(agent)}/notes/{name}?ws={workspace}"
        + (version is { } number ? $"&v={number.ToString(CultureInfo.InvariantCulture)}" : "");

    /// <summary>Where a new note is written.</summary>
    public static string AddressOfNew(string agent, string workspace) =>
        $"{AgentPage.Address(agent)}/new-note?ws={workspace}";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_place != (Agent, Workspace, Name))
        {
            _place = (Agent, Workspace, Name);
            (_editing, _left, _draft) = (false, false, new());
        }
        var caller = await Callers.CurrentAsync(cancellationToken);
        var mayRead = caller?.Has(Role.Viewer, Workspace) == true;
        Show(ref _whyReadOnly, caller?.Has(Role.Operator, Workspace) == true ? null : "Needs the Operator role");
        Show(ref _denied, !mayRead || Name is null && _whyReadOnly is not null);
        if (_denied || Name is null)
        {
            // A field that is open stays: saving tells what is wrong.
            if (!_editing && !_denied)
                Show(ref _nowhere, await Desk.NowhereAsync(Workspace, Agent, cancellationToken));
            Show(ref _editing, !_denied && !_left && _nowhere is null);
            return;
        }
        var address = new NoteAddress(Workspace, Agent, Name);
        var versions = await Queries.VersionsAsync(address, null, PageLimit.Max, cancellationToken);
        Show(ref _nowhere, null);
        var number = NoteWords.Number(Version);
        var isSomeVersion = Version is null || number is not null;
        Show(ref _note, isSomeVersion ? await Queries.FindAsync(address, number, cancellationToken) : null);
        ShowRows(ref _versions, versions.Items);
    }

    private Task Edit()
    {
        (_editing, _draft) = (true, new(_note!.Version, _note.Text ?? ""));
        return Task.CompletedTask;
    }

    private void Leave()
    {
        (_editing, _left) = (false, Name is null);
        if (Name is null)
            Navigation.NavigateTo(AgentPage.Address(Agent));
    }

    private Task SaveAsync() => SaveAsync(over: null);

    private Task SaveOverAsync() => SaveAsync(_draft.Conflict);

    /// <param name="over">What stands and is to be replaced.</param>
    private async Task SaveAsync(NoteVersion? over)
    {
        if (_busy)
            return;
        var name = Name ?? _draft.Name.Trim();
        // A browser's text field has line ends of its own kind.
        var text = _draft.Text.ReplaceLineEndings("\n");
        (_draft.Conflict, _draft.Problem) = (null, NoteWords.Unfit(name, text));
        if (_draft.Problem is not null)
            return;
        _busy = true;
        try
        {
            _draft.Problem = await Desk.NowhereAsync(Workspace, Agent, CancellationToken.None);
            if (_draft.Problem is not null)
                return;
            var result = await ApplyAsync(name, text, over?.Name == name ? over.Version : _draft.From);
            _draft.Problem = NoteWords.Problem(name, result);
            _draft.Conflict = result.Outcome == NoteOutcome.Changed ? result.Now : null;
            if (_draft.Problem is not null)
                return;
            (_editing, _left) = (false, Name is null);
            Navigation.NavigateTo(Address(Agent, Workspace, name));
        }
        finally
        {
            _busy = false;
        }
        await ReloadAsync();
    }

    private async Task RestoreAsync()
    {
        var result = await ApplyAsync(Name!, _note!.Text, _versions![0].Version);
        if (NoteWords.Problem(Name!, result) is { } problem)
            await Notices.ProblemAsync(problem);
        else
            Navigation.NavigateTo(Address(Agent, Workspace, Name!));
        await ReloadAsync();
    }

    private async Task DeleteAsync()
    {
        var (name, was) = (Name!, _note!);
        var result = await ApplyAsync(name, null, was.Version);
        if (NoteWords.Problem(name, result) is { } problem)
            await Notices.ProblemAsync(problem);
        else
            await Notices.OfferUndoAsync(
                $"{name} is deleted. Its versions stay.",
                async () =>
                {
                    await ApplyAsync(name, was.Text, result.Now!.Version);
                    await ReloadAsync();
                }
            );
        await ReloadAsync();
    }

    private Task<NoteResult> ApplyAsync(string name, string? text, int from) =>
        Desk.WriteAsync(new(Workspace, Agent, name), text, from, Clock.GetUtcNow());

    private void ChangeVersion(ChangeEventArgs change) =>
        Navigation.NavigateTo(
            Address(
                Agent,
                Workspace,
                Name!,
                NoteWords.Number(change.Value as string) is { } version && version != _versions![0].Version
                    ? version
                    : null
            )
        );
}
