using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Jobs.Form;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Schedules;

/// <summary>Makes a schedule or changes one; the rule is said in words, and its next runs stand beside it while it is typed.</summary>
public sealed partial class ScheduleEditPage
{
    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Schedules", "/schedules")];
    private IReadOnlyList<AgentDefinition> _agents = [];
    private ScheduleDraft? _draft;
    private string? _draftOf;
    private SchedulePreview? _preview;
    private IReadOnlyDictionary<string, string> _wrong = new Dictionary<string, string>();
    private string _before = "";
    private int? _conflict;
    private bool _saved;
    private bool _busy;
    private bool _focusErrors;
    private bool _askedZone;
    private ElementReference _errorList;

    /// <summary>The one that is edited; null makes a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [SupplyParameterFromQuery(Name = "agent")]
    public string? Agent { get; set; }

    [Inject]
    private AgentCatalog Catalog { get; set; } = null!;

    [Inject]
    private ScheduleQueries Queries { get; set; } = null!;

    [Inject]
    private ScheduleDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    protected override object? LoadKey => Name;

    private string Title => Name is null ? "New schedule" : $"Edit {Name}";

    private string Here => Name is null ? "/schedules/new" : Address(Name);

    private bool Unsaved => !_saved && _draft is { } draft && draft.Fingerprint != _before;

    /// <summary>Where one is edited.</summary>
    public static string Address(string name) => SchedulePage.Address(name) + "/edit";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // What was typed since stays.
        if (_draft is not null && _draftOf == Name)
            return;
        (_draft, _draftOf, _conflict, _saved) = (null, Name, null, false);
        _agents = [.. Catalog.All.Where(a => !a.Internal).OrderBy(a => a.Name, StringComparer.Ordinal)];
        var draft = new ScheduleDraft();
        if (Name is not null)
        {
            if (await Queries.FindAsync(Name, cancellationToken) is not { } schedule)
                return;
            var locks = await Desk.LockAsync(cancellationToken);
            if (locks(schedule.Workspace) is not null)
                throw new AccessDeniedException(Role.Operator, schedule.Workspace);
            draft.Fill(schedule, Catalog.FindOpen(schedule.Agent));
        }
        else if (_agents is [var first, ..])
        {
            draft.Choose(_agents.FirstOrDefault(a => a.Name == Agent) ?? first);
        }
        (_before, _preview) = (draft.Fingerprint, draft.Preview(Clock.GetUtcNow()).Preview);
        Show(ref _draft, draft);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (_draft is not null && Name is null && !_askedZone)
        {
            _askedZone = true;
            await TakeZoneAsync(_draft);
        }
        if (!_focusErrors)
            return;
        _focusErrors = false;
        await _errorList.FocusAsync();
    }

    /// <summary>A new schedule lives in the time zone of whoever makes it, unless they say otherwise.</summary>
    private async Task TakeZoneAsync(ScheduleDraft draft)
    {
        var zone = await Js.InvokeAsync<string?>("ac.timeZone");
        if (zone is null || Unsaved || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            return;
        draft.TimeZone = zone;
        _before = draft.Fingerprint;
        Look();
        StateHasChanged();
    }

    private string? Invalid(string field) =>
        _wrong.ContainsKey(field) || _draft?.ErrorOf(field) is not null ? "true" : null;

    private void Take(string cron)
    {
        _draft!.Cron = cron;
        Look();
    }

    private void SetStart(string? value)
    {
        _draft!.StartAt = value ?? "";
        Look();
    }

    private void SetEnd(string? value)
    {
        _draft!.EndAt = value ?? "";
        Look();
    }

    private void Look() => (_preview, _wrong) = _draft!.Preview(Clock.GetUtcNow());

    private async Task FocusAsync(FieldError error) => await Js.TryInvokeAsync("ac.focus", error.FieldId);

    private Task SaveAsync() => SaveAsync(_draft!.Version);

    private Task SaveOverAsync() => SaveAsync(_conflict ?? _draft!.Version);

    private async Task SaveAsync(int version)
    {
        if (_busy || _draft is not { } draft)
            return;
        _conflict = null;
        if (draft.Definition(WorkspaceName.Default) is not { } definition)
        {
            _focusErrors = true;
            return;
        }
        _busy = true;
        try
        {
            await SendAsync(draft, version, definition);
        }
        finally
        {
            _busy = false;
        }
        _focusErrors = draft.Errors.Count > 0;
    }

    private async Task SendAsync(ScheduleDraft draft, int version, ScheduleDefinition definition)
    {
        var name = Name ?? draft.Name.Trim();
        switch (await Desk.SaveAsync(name, version, definition))
        {
            case ScheduleOutcome.Saved:
                _saved = true;
                Navigation.NavigateTo(SchedulePage.Address(name));
                break;
            case ScheduleOutcome.Invalid invalid:
                draft.Refuse(invalid.Errors);
                break;
            case ScheduleOutcome.TooLarge large:
                draft.Refuse(large.Message);
                break;
            case ScheduleOutcome.Changed { Version: var stands }:
                _conflict = stands > 0 ? stands : null;
                draft.Refuse(
                    (Name, stands) switch
                    {
                        (null, _) => $"'{name}' is taken. Choose another name, or edit that one.",
                        (_, 0) => "Somebody deleted it meanwhile. What you typed stays here; make a new one with it.",
                        _ =>
                            $"Somebody saved version {stands} meanwhile. What you typed stays here. Read what stands, or save over it.",
                    }
                );
                break;
        }
    }
}
