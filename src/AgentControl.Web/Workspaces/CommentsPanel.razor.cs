using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>Comments of a workspace, a job or a file, newest first, live, with a field to add one.</summary>
public sealed partial class CommentsPanel
{
    private const int Step = 20;

    private IReadOnlyList<Comment>? _comments;
    private bool _more;
    private int _count = Step;
    private string _body = "";
    private Guid? _id;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    /// <summary>Only the comments of this job.</summary>
    [Parameter]
    public Guid? JobId { get; set; }

    /// <summary>Only the comments on this file, step or approval.</summary>
    [Parameter]
    public CommentAnchor? Anchor { get; set; }

    /// <summary>Null where the person may write.</summary>
    [Parameter]
    public string? WhyReadOnly { get; set; }

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    [Inject]
    private WorkspaceActor Actor { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, JobId, Anchor);

    private string FieldId => $"comment-{JobId?.ToString("N") ?? "workspace"}";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var page = await OnceAsync(
            "comments",
            c => Reader.CommentsAsync(Workspace, JobId, Anchor, _count, c),
            cancellationToken
        );
        Show(ref _more, page.NextCursor is not null && _count < PageLimit.Max);
        ShowRows(ref _comments, page.Items);
    }

    // The id stays the same until the comment stands: a lost answer and a second click make no second comment.
    private async Task SendAsync()
    {
        _id ??= Actor.NewId();
        if (!await Actor.CommentAsync(_id.Value, Workspace, JobId, Anchor, _body.Trim()))
            return;
        _id = null;
        _body = "";
        await ReloadAsync();
    }

    private Task OlderAsync()
    {
        _count = Math.Min(_count + (2 * Step), PageLimit.Max);
        return ReloadAsync();
    }
}
