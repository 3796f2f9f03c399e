using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>The files of one job: its own folder and what it wrote elsewhere, with a preview beside them.</summary>
public sealed partial class WorkspaceFilesPanel
{
    private IReadOnlyList<FileEntry>? _files;
    private FileEntry? _chosen;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, JobId);

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        ShowRows(ref _files, await Reader.OfJobAsync(Workspace, JobId, cancellationToken));

    private string Short(FileEntry file)
    {
        var own = $"jobs/{JobId:D}/";
        return file.Path.StartsWith(own, StringComparison.Ordinal) ? file.Path[own.Length..] : file.Path;
    }
}
