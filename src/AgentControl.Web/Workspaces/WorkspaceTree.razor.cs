using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>The folders of a workspace; only what is open is read.</summary>
public sealed partial class WorkspaceTree
{
    private const int Lines = 200;

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private IReadOnlyList<TreeNode>? _roots;
    private IReadOnlyList<FolderLine>? _lines;
    private string? _shown;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    /// <summary>The file or folder of the page; the folders above it are opened.</summary>
    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, Path);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_shown != $"{Workspace}/{Path}")
        {
            _shown = $"{Workspace}/{Path}";
            _open.UnionWith(WorkspaceAddress.Folders(Path));
        }
        var folders = new Dictionary<string, Page<FolderLine>>(StringComparer.Ordinal);
        foreach (var folder in _open.Order(StringComparer.Ordinal).Prepend(""))
            folders[folder] = await Reader.FolderAsync(Workspace, folder, null, Lines, cancellationToken);
        // Only names matter here: a new version of a file does not draw the tree again.
        ShowRows(
            ref _lines,
            [
                .. folders.Values.SelectMany(page =>
                    page.Items.Select(line => new FolderLine(line.Name, line.Path, line.IsFolder))
                ),
            ]
        );
        _roots = TreeNode.Build(folders);
    }

    private void Go(TreeNode node) => Navigation.NavigateTo(WorkspaceAddress.Page(Workspace, node.MoreOf ?? node.Path));
}
