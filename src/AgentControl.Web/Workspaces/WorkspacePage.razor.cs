using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Workspaces;

/// <summary>Browse a workspace: its tree, a folder or a file, comments and what happened. The address says all that is chosen.</summary>
public sealed partial class WorkspacePage
{
    private const string Root = "/workspace";

    private IReadOnlyList<string>? _names;
    private string? _whyReadOnly;
    private string? _whyNoSettings;
    private bool _denied;
    private bool _uploading;

    /// <summary>The address tells the path whole, with its last slash; the router takes part of that away.</summary>
    [Parameter]
    public string? Rest { get; set; }

    [SupplyParameterFromQuery(Name = "ws")]
    public string? Chosen { get; set; }

    [SupplyParameterFromQuery(Name = "v")]
    public int? Version { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    /// <summary>The version that the shown one is compared with.</summary>
    [SupplyParameterFromQuery(Name = "with")]
    public int? With { get; set; }

    [SupplyParameterFromQuery(Name = "bin")]
    public string? BinShown { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Find { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private WorkspaceStore Store { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IOptions<WorkspaceOptions> Limits { get; set; } = null!;

    protected override object? LoadKey => Workspace;

    private string Workspace => WorkspaceName.IsValid(Chosen) ? Chosen : WorkspaceName.Default;

    private string Path { get; set; } = "";

    private string Key => $"{Workspace}/{Path}{(IsBin ? "?bin" : "")}";

    private bool IsBin => BinShown == "on" && Path.Length == 0;

    private bool IsFolder => WorkspaceAddress.IsFolder(Path);

    private string Folder => Path[..(Path.LastIndexOf('/') + 1)];

    private string Above => Path[..(Path.TrimEnd('/').LastIndexOf('/') + 1)];

    private string Title =>
        IsBin ? "Bin"
        : Path.Length == 0 ? "Workspace"
        : WorkspaceAddress.Name(Path);

    private string TabTitle => Path.Length == 0 && !IsBin ? "Workspace" : $"{Title} – Workspace";

    private CommentAnchor? FileAnchor => IsFolder ? null : new CommentAnchor(CommentAnchor.FileKind, Path);

    private List<Crumb>? Crumbs =>
        IsBin ? [new("Workspace", WorkspaceAddress.Page(Workspace, ""))]
        : Path.Length == 0 ? null
        :
        [
            new("Workspace", WorkspaceAddress.Page(Workspace, "")),
            .. WorkspaceAddress
                .Folders(Path)
                .Where(f => f != Path)
                .Select(f => new Crumb(WorkspaceAddress.Name(f), WorkspaceAddress.Page(Workspace, f))),
        ];

    protected override Task OnParametersSetAsync()
    {
        var path = new Uri(Navigation.Uri).AbsolutePath;
        Path = path.StartsWith(Root, StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(path[Root.Length..].TrimStart('/'))
            : "";
        return base.OnParametersSetAsync();
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _denied, caller?.Has(Role.Viewer, Workspace) is not true);
        Show(ref _whyReadOnly, caller?.Has(Role.Operator, Workspace) is true ? null : "Needs the Operator role");
        Show(ref _whyNoSettings, caller?.HasEverywhere(Role.Admin) is true ? null : "Needs the Admin role");
        var page = await Store.ListAsync(
            caller?.Workspaces ?? (caller is null ? [] : null),
            null,
            PageLimit.Max,
            cancellationToken
        );
        ShowRows(ref _names, [.. page.Items.Select(w => w.Name)]);
    }

    private void OpenSettings() => Navigation.NavigateTo($"/settings/workspaces/{Workspace}");

    private void ToggleUpload() => _uploading = !_uploading;

    private void ChangeWorkspace(ChangeEventArgs change) =>
        Navigation.NavigateTo(WorkspaceAddress.Page(change.Value as string ?? WorkspaceName.Default, ""));
}
