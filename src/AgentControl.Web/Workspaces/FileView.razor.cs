using System.Globalization;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>A file: which version, by whom, its content where it can be shown, and what can be done with it.</summary>
public sealed partial class FileView
{
    // What is larger is read again by the circuit instead of travelling through the page.
    private const int MostKept = 8_000;

    private FilePreview? _preview;
    private IReadOnlyList<FileEntry>? _versions;
    private bool _source;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    /// <summary>Null for the newest, which is followed.</summary>
    [Parameter]
    public int? Version { get; set; }

    /// <summary>The version to compare it with; null to show the content.</summary>
    [Parameter]
    public int? With { get; set; }

    /// <summary>Null where the person may delete the file.</summary>
    [Parameter]
    public string? WhyReadOnly { get; set; }

    /// <summary>Off where the file is shown beside something else.</summary>
    [Parameter]
    public bool ShowsDelete { get; set; } = true;

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    [Inject]
    private WorkspaceActor Actor { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics =>
        VirtualName.From(Path) is { } made ? [LiveTopic.Job(made.JobId)] : [LiveTopic.Workspace(Workspace)];

    protected override object? LoadKey => (Workspace, Path, Version);

    private bool HasSource => _preview?.Kind is PreviewKind.Markdown or PreviewKind.Json or PreviewKind.Table;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        FilePreview? fresh = null;
        var known = await OnceAsync(
            "file",
            async token =>
            {
                fresh = await Reader.PreviewAsync(Workspace, Path, Version, token);
                return new KeptPreview(fresh is { Text.Length: > MostKept } ? null : fresh);
            },
            cancellationToken
        );
        Show(
            ref _preview,
            fresh ?? known.Preview ?? await Reader.PreviewAsync(Workspace, Path, Version, cancellationToken)
        );
        ShowRows(
            ref _versions,
            _preview is null or { Entry.IsVirtual: true }
                ? []
                : await Reader.VersionsAsync(Workspace, Path, cancellationToken)
        );
    }

    private void ChangeVersion(ChangeEventArgs change)
    {
        if (int.TryParse(change.Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            Navigation.NavigateTo(
                WorkspaceAddress.Page(Workspace, Path, version == _versions?[0].Version ? null : version)
            );
    }

    private async Task RevertAsync(int version)
    {
        if (_versions is [var newest, ..] && await Actor.RevertAsync(Workspace, newest, version))
            Navigation.NavigateTo(WorkspaceAddress.Page(Workspace, Path));
    }

    private async Task DeleteAsync()
    {
        if (_preview is { } shown && await Actor.DeleteAsync(Workspace, shown.Entry))
            Navigation.NavigateTo(WorkspaceAddress.Page(Workspace, Path[..(Path.LastIndexOf('/') + 1)]));
    }

    /// <summary>What the prerendered page hands to the circuit; empty for a large file.</summary>
    internal sealed record KeptPreview(FilePreview? Preview);
}
