using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>What happened in a workspace, newest first, live.</summary>
public sealed partial class ActivityPanel
{
    private const int Step = 20;

    private IReadOnlyList<Activity>? _lines;
    private bool _more;
    private int _count = Step;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => Workspace;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var page = await OnceAsync(
            "activity",
            token => Reader.ActivityAsync(Workspace, _count, token),
            cancellationToken
        );
        Show(ref _more, page.NextCursor is not null && _count < PageLimit.Max);
        ShowRows(ref _lines, page.Items);
    }

    private Task OlderAsync()
    {
        _count = Math.Min(_count + (2 * Step), PageLimit.Max);
        return ReloadAsync();
    }
}
