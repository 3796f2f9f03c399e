using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Workspaces;

/// <summary>The deleted files of a workspace: bring one back, or, for admins, delete all of them for good.</summary>
public sealed partial class BinView
{
    private const int Lines = 100;

    private IReadOnlyList<FileEntry>? _files;
    private (int Files, DateTimeOffset At) _count;
    private string? _next;
    private string? _whyNotEmpty;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    /// <summary>Where the page before ended.</summary>
    [Parameter]
    public string? After { get; set; }

    /// <summary>Null where the person may bring files back.</summary>
    [Parameter]
    public string? WhyReadOnly { get; set; }

    [Inject]
    private BinDesk Desk { get; set; } = null!;

    [Inject]
    private IOptions<WorkspaceOptions> Options { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, After);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var bin = await Desk.ReadAsync(Workspace, After, Lines, cancellationToken);
        Show(ref _count, bin.Count);
        Show(ref _next, bin.Page.NextCursor);
        Show(ref _whyNotEmpty, bin.WhyNotEmpty);
        ShowRows(ref _files, bin.Page.Items);
    }

    private ConfirmRequest Question() =>
        new($"Empty the bin of {Workspace}?", "Keep the files", "Delete for good")
        {
            Text = $"{Formats.Count(_count.Files, "file")} and all their versions are deleted. This cannot be undone.",
            Count = _count.Files,
            AskHarder = true,
        };

    // What came into the bin after the question was asked stays.
    private Task EmptyAsync() => Desk.EmptyAsync(Workspace, _count.At);

    private Task RestoreAsync(FileEntry file) => Desk.RestoreAsync(Workspace, file);
}
