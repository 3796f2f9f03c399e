using AgentControl.Core.Notes;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Notes;

/// <summary>The notes of one agent in one workspace, live.</summary>
public sealed partial class AgentNotes
{
    private IReadOnlyList<NoteWorkspace>? _workspaces;
    private IReadOnlyList<NoteView>? _notes;
    private bool _mayWrite;
    private string? _chosen;
    private string _first = WorkspaceName.Default;

    [Parameter, EditorRequired]
    public string Agent { get; set; } = "";

    [Inject]
    private NoteQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Agent, _chosen);

    private string Workspace => _chosen ?? _first;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        var workspaces = await Queries.WorkspacesAsync(
            Agent,
            caller is null ? [] : caller.Workspaces,
            cancellationToken
        );
        // Where the default workspace holds none of its notes, the first that does is shown.
        if (workspaces.Count > 0 && workspaces.All(w => w.Name != WorkspaceName.Default))
            _first = workspaces[0].Name;
        var page =
            caller?.Has(Role.Viewer, Workspace) == true
                ? (
                    await Queries.ListAsync(
                        Workspace,
                        Agent,
                        limit: NoteText.MaxNotes,
                        cancellationToken: cancellationToken
                    )
                ).Items
                : [];
        ShowRows(ref _workspaces, workspaces);
        Show(ref _mayWrite, caller?.Has(Role.Operator, Workspace) == true);
        ShowRows(ref _notes, page);
    }

    private Task Choose(ChangeEventArgs change)
    {
        _chosen = change.Value as string;
        return OnParametersSetAsync();
    }
}
