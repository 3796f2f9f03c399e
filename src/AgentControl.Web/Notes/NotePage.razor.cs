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
    private bool _busy;
    private int _from;
    private string _name = "";
    private string _text = "";
    private string? _problem;

    [Parameter]
    public string Agent { get; set; } = "";

    /// <summary>Null for a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [SupplyParameterFromQuery(Name = "ws")]
    public string? Chosen { get; set; }

    [SupplyParameterFromQuery(Name = "v")]
    public int? Version { get; set; }

    [Inject]
    private NoteQueries Queries { get; set; } = null!;

    [Inject]
    private NoteCommands Commands { get; set; } = null!;

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
        var caller = await Callers.CurrentAsync(cancellationToken);
        var mayRead = caller?.Has(Role.Viewer, Workspace) == true;
        Show(ref _denied, !mayRead);
        Show(ref _whyReadOnly, caller?.Has(Role.Operator, Workspace) == true ? null : "Needs the Operator role");
        if (Name is null || !mayRead)
        {
            Show(ref _editing, Name is null && _whyReadOnly is null);
            Show(ref _denied, !mayRead || !_editing);
            return;
        }
        var address = new NoteAddress(Workspace, Agent, Name);
        var versions = await Queries.VersionsAsync(address, null, PageLimit.Max, cancellationToken);
        Show(ref _note, await Queries.FindAsync(address, Version, cancellationToken));
        ShowRows(ref _versions, versions.Items);
    }

    private Task Edit()
    {
        (_editing, _from, _text, _problem) = (true, _note!.Version, _note.Text ?? "", null);
        return Task.CompletedTask;
    }

    private void Leave()
    {
        if (Name is null)
            Navigation.NavigateTo(AgentPage.Address(Agent));
        _editing = false;
    }

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        var name = Name ?? _name.Trim();
        // A browser's text field has line ends of its own kind.
        var text = _text.ReplaceLineEndings("\n");
        _problem = NoteWords.Unfit(name, text);
        if (_problem is not null)
            return;
        _busy = true;
        try
        {
            var result = await ApplyAsync(name, text, _from);
            _problem = NoteWords.Problem(name, result);
            if (_problem is not null)
                return;
            _editing = false;
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

    private async Task<NoteResult> ApplyAsync(string name, string? text, int from)
    {
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Operator, Workspace);
        caller.Require(Role.Operator, Workspace);
        var id = Guid.CreateVersion7(Clock.GetUtcNow());
        var write = new NoteWrite(id, new(Workspace, Agent, name), text, caller.ToAuthor()) { ExpectedVersion = from };
        return await Commands.ApplyAsync(write, caller.Actor, CancellationToken.None);
    }

    private void ChangeVersion(ChangeEventArgs change) =>
        Navigation.NavigateTo(
            Address(
                Agent,
                Workspace,
                Name!,
                int.TryParse(change.Value as string, CultureInfo.InvariantCulture, out var version)
                && version != _versions![0].Version
                    ? version
                    : null
            )
        );
}
