using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>A folder as a table, or what a search found.</summary>
public sealed partial class FolderView
{
    private const int Lines = 100;

    private IReadOnlyList<FolderLine>? _lines;
    private string? _next;
    private string? _typed;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    /// <summary>Empty, or with its slash.</summary>
    [Parameter, EditorRequired]
    public string Folder { get; set; } = "";

    /// <summary>Where the page before ended.</summary>
    [Parameter]
    public string? After { get; set; }

    /// <summary>A part of names to find in the whole workspace.</summary>
    [Parameter]
    public string? Find { get; set; }

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, Folder, After, Find);

    private bool Searching => !string.IsNullOrWhiteSpace(Find);

    protected override void OnParametersSet() => _typed = Find;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (Searching)
        {
            var found = await Reader.SearchAsync(Workspace, Find!.Trim(), cancellationToken);
            Show(ref _next, null);
            ShowRows(ref _lines, [.. found.Select(Line)]);
            return;
        }
        var page = await Reader.FolderAsync(Workspace, Folder, After, Lines, cancellationToken);
        Show(ref _next, page.NextCursor);
        ShowRows(ref _lines, page.Items);
    }

    private static FolderLine Line(FileEntry file) =>
        new(WorkspaceAddress.Name(file.Path), file.Path, false)
        {
            Size = file.Size,
            Version = file.Version,
            At = file.At,
            WrittenBy = file.WrittenBy.Name,
        };

    private void Search() =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?>
                {
                    ["q"] = string.IsNullOrWhiteSpace(_typed) ? null : _typed.Trim(),
                    ["after"] = null,
                }
            )
        );
}
