using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>A field for a comment that suggests people and groups behind an @; arrows move, Enter takes, Escape closes.</summary>
public sealed partial class CommentField
{
    private List<MentionChoice> _found = [];
    private string? _said;
    private int _asked;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public string Value { get; set; } = "";

    [Parameter]
    public EventCallback<string> ValueChanged { get; set; }

    [Parameter]
    public int MaxLength { get; set; } = WorkspaceComments.MaxBody;

    [Parameter]
    public bool Disabled { get; set; }

    [Parameter]
    public bool Invalid { get; set; }

    [Parameter]
    public string? DescribedBy { get; set; }

    /// <summary>The word under which what is typed is kept over a reload.</summary>
    [Parameter]
    public string? Draft { get; set; }

    [Parameter]
    public string? TestId { get; set; }

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    private string ListId => $"{Id}-names";

    // Bound, not only heard: what is typed while the server answers must not be overwritten by what was typed before.
    private Task TypedAsync(string? typed) => ValueChanged.InvokeAsync(typed ?? "");

    private async Task NameAsync(NamesEventArgs name)
    {
        var mine = ++_asked;
        if (!name.Open || name.Begun is null)
        {
            (_found, _said) = ([], null);
            return;
        }
        var found = await Reader.NamesAsync(Workspace, name.Begun, CancellationToken.None);
        // What was typed meanwhile is asked for by itself.
        if (mine != _asked)
            return;
        _found = [.. found];
        _said = found.Count == 0 ? null : $"{Formats.Count(found.Count, "name")}, arrows move, Enter takes";
    }
}
