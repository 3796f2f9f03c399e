using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>All workspaces, for admins: what they hold, and a new one.</summary>
public sealed partial class WorkspacesPage
{
    private IReadOnlyList<WorkspaceInfo>? _workspaces;
    private string _name = "";
    private string? _error;

    [Inject]
    private WorkspaceStore Store { get; set; } = null!;

    [Inject]
    private PeopleDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        ShowRows(ref _workspaces, (await Store.ListAsync(null, null, PageLimit.Max, cancellationToken)).Items);

    private async Task MakeAsync()
    {
        var name = _name.Trim();
        _error = WorkspaceName.IsValid(name)
            ? null
            : "Name a workspace with lower-case letters, digits and dashes, at most 63.";
        if (_error is not null)
            return;
        var who = await Desk.CallerAsync();
        who.Require(Role.Admin, Caller.Everywhere);
        if (await Store.CreateAsync(name, who.ToAuthor(), CancellationToken.None))
            Navigation.NavigateTo($"/settings/workspaces/{name}");
        else
            _error = $"{name} is there already. Choose another name, or open that one.";
    }
}
