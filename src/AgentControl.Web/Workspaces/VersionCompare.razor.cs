using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Web.Approvals;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>What one version of a file changed against another.</summary>
public sealed partial class VersionCompare
{
    private static readonly JsonSerializerOptions _readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private Comparison? _shown;
    private bool _inLines;

    [Parameter, EditorRequired]
    public string Workspace { get; set; } = "";

    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    /// <summary>The newer one, to the right.</summary>
    [Parameter, EditorRequired]
    public int Version { get; set; }

    /// <summary>The older one, to the left.</summary>
    [Parameter, EditorRequired]
    public int With { get; set; }

    [Inject]
    private WorkspaceReader Reader { get; set; } = null!;

    protected override object? LoadKey => (Workspace, Path, Version, With);

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        Show(
            ref _shown,
            Compare(
                await Reader.PreviewAsync(Workspace, Path, With, cancellationToken),
                await Reader.PreviewAsync(Workspace, Path, Version, cancellationToken)
            )
        );

    private Comparison Compare(FilePreview? before, FilePreview? after)
    {
        if (before is null || after is null)
            return new Comparison($"{Path} has no version {(before is null ? With : Version)}.");
        if (before.Entry.Sha256 == after.Entry.Sha256)
            return new Comparison($"v{With} and v{Version} are the same, byte for byte.");
        if (before.Text is null || after.Text is null)
            return new Comparison(
                $"These versions are no text that can be compared here: {Formats.Bytes(before.Entry.Size)} and {Formats.Bytes(after.Entry.Size)}. Download both."
            );
        var all = LineDiff.Of(Readable(before), Readable(after));
        var lines = LineDiff.Fold(all);
        return new Comparison(null)
        {
            Lines = lines,
            Pairs = SidePair.Of(lines),
            Changes = LineDiff.Changes(all),
            Cut = before.Cut || after.Cut,
        };
    }

    // JSON is most often one long line.
    private static string Readable(FilePreview file)
    {
        if (file.Kind != PreviewKind.Json)
            return file.Text!;
        try
        {
            return JsonNode.Parse(file.Text!)?.ToJsonString(_readable) ?? file.Text!;
        }
        catch (JsonException)
        {
            return file.Text!;
        }
    }

    private sealed record Comparison(string? Why)
    {
        public IReadOnlyList<DiffLine> Lines { get; init; } = [];

        public IReadOnlyList<SidePair> Pairs { get; init; } = [];

        public int Changes { get; init; }

        public bool Cut { get; init; }
    }
}
