using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Jobs.Form;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace AgentControl.Web.Jobs.New;

/// <summary>A form made from the agent's schema; the draft stays in the browser until the job is started.</summary>
public sealed partial class NewJobPage
{
    /// <summary>Under it this browser tab keeps which agent was chosen last, and under it with a name that agent's draft.</summary>
    private const string Kept = "ac-new-job";

    private readonly NewJobView _view = new();
    private IReadOnlyList<AgentDefinition>? _agents;
    private FormContext _context = null!;
    private string? _lock;
    private bool _busy;
    private bool _focusErrors;
    private bool _interactive;
    private bool _restored;
    private ElementReference _errorList;

    [Inject]
    private JobStarter Starter { get; set; } = null!;

    [Inject]
    private JobQueries Jobs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "agent")]
    private string? Agent { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    private string Key => $"{Kept}:{_view.Agent?.Name}";

    protected override void OnInitialized() => _context = new FormContext(_view, WorkspaceName.Default, ChangedAsync);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Show(ref _lock, await Starter.LockAsync(WorkspaceName.Default));
        // What was typed since stays.
        if (_agents is not null)
            return;
        var origin = From is null ? null : await Jobs.FindAsync(From, cancellationToken);
        var agents = Starter.Agents;
        var agent =
            agents.FirstOrDefault(a => a.Name == (origin?.Agent ?? Agent))
            ?? agents.FirstOrDefault(a => a.Name == JobStarter.FirstAgent)
            ?? (agents.Count > 0 ? agents[0] : null);
        if (agent is not null)
            _view.Choose(agent);
        if (agent is not null && origin is not null)
            _view.Fill(JsonNode.Parse(origin.Input.Utf8), origin.Name);
        Show(ref _agents, agents);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        _interactive = true;
        if (_agents is not null && !_restored)
        {
            _restored = true;
            if (From is null)
                await RestoreChoiceAsync();
            _context.IsInteractive = true;
            StateHasChanged();
        }
        if (_focusErrors)
        {
            _focusErrors = false;
            await _errorList.FocusAsync();
        }
    }

    private async Task ChooseAsync(string? name)
    {
        // Chosen again, the same agent keeps what was typed and the files that are on their way.
        if (name == _view.Agent?.Name || _agents?.FirstOrDefault(a => a.Name == name) is not { } agent)
            return;
        _view.Choose(agent);
        await Js.TryInvokeAsync("sessionStorage.setItem", Kept, agent.Name);
        await RestoreAsync();
    }

    private async Task RestoreChoiceAsync()
    {
        var chosen = Agent is null ? await Js.InvokeAsync<string?>("sessionStorage.getItem", Kept) : null;
        if (_agents?.FirstOrDefault(a => a.Name == chosen) is { } agent && agent.Name != _view.Agent?.Name)
            _view.Choose(agent);
        await RestoreAsync();
    }

    private async Task RestoreAsync()
    {
        if (await Js.InvokeAsync<string?>("sessionStorage.getItem", Key) is { } draft)
            _view.Restore(draft);
    }

    private async Task ChangedAsync()
    {
        if (_interactive)
            await Js.TryInvokeAsync("sessionStorage.setItem", Key, _view.Draft());
    }

    private Task StartAtAsync(string? value)
    {
        _view.StartAt = value ?? "";
        return ChangedAsync();
    }

    private Task EditJson(SchemaForm form, string? typed)
    {
        form.EditJson(typed ?? "");
        return form.JsonProblem is null ? ChangedAsync() : Task.CompletedTask;
    }

    private Task KeyAsync(KeyboardEventArgs e) =>
        e is { Key: "Enter", CtrlKey: true } ? StartAsync() : Task.CompletedTask;

    private async Task FocusAsync(FieldError error) => await Js.TryInvokeAsync("ac.focus", error.FieldId);

    private async Task StartAsync()
    {
        if (_busy || _lock is not null)
            return;
        if (_view.Submission(WorkspaceName.Default, await ZoneAsync()) is not { } submission)
        {
            _focusErrors = true;
            return;
        }
        _busy = true;
        StateHasChanged();
        try
        {
            await SendAsync(submission);
        }
        catch (AccessDeniedException denied)
        {
            await Notices.ProblemAsync(denied.Message);
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task SendAsync(JobSubmission submission)
    {
        if (_view.Source == FolderSource.Samples)
            await Starter.PutSamplesAsync(WorkspaceName.Default, CancellationToken.None);
        switch (await Starter.StartAsync(submission, CancellationToken.None))
        {
            case SubmitOutcome.Accepted accepted:
                await Js.TryInvokeAsync("sessionStorage.removeItem", Key);
                Navigation.NavigateTo($"/jobs/{ShortIdOf(accepted.Id)}");
                break;
            case SubmitOutcome.Invalid invalid:
                _view.Refuse(invalid.Errors);
                _focusErrors = true;
                break;
            case SubmitOutcome.TooLarge large:
                await Notices.ProblemAsync(large.Message);
                break;
            default:
                await Notices.ProblemAsync("The job was not started. Try again.");
                break;
        }
    }

    private static string ShortIdOf(Guid id) => Core.Jobs.ShortId.Of(id);

    private async Task<TimeZoneInfo> ZoneAsync()
    {
        var name = _view.StartAt.Length == 0 ? null : await Js.InvokeAsync<string?>("ac.timeZone");
        return name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
    }
}
