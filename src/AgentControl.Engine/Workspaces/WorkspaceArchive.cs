using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Options;

namespace AgentControl.Engine.Workspaces;

/// <summary>The files that a zip will hold, at the versions that stood when they were listed.</summary>
/// <param name="Bytes">All of them together, not compressed.</param>
public sealed record ArchivePlan(string Workspace, string Folder, IReadOnlyList<FileEntry> Files, long Bytes)
{
    /// <summary>More files or bytes than one zip may hold; then it holds none.</summary>
    public bool IsTooLarge { get; init; }
}

/// <summary>Folders as zip files, written while they are read: one file's buffer is all that lies in memory.</summary>
public sealed class WorkspaceArchive(WorkspaceFileQueries files, IOptions<WorkspaceOptions> options)
{
    public const int MaxFiles = 10_000;

    private const int PageSize = 500;

    /// <summary>Lists what lies under a folder, which is empty or ends in a slash.</summary>
    public async Task<ArchivePlan> PlanAsync(string workspace, string folder, CancellationToken cancellationToken)
    {
        var found = new List<FileEntry>();
        var bytes = 0L;
        string? cursor = null;
        do
        {
            var page = await files.ListAsync(workspace, folder, cursor, PageSize, cancellationToken);
            found.AddRange(page.Items);
            bytes += page.Items.Sum(f => f.Size);
            if (found.Count > MaxFiles || bytes > options.Value.MaxZipBytes)
                return new ArchivePlan(workspace, folder, [], bytes) { IsTooLarge = true };
            cursor = page.NextCursor;
        } while (cursor is not null);
        return new ArchivePlan(workspace, folder, found, bytes);
    }

    /// <summary>Writes the zip. A file whose version is gone by then breaks it off, so that no zip is silently short.</summary>
    public async Task WriteAsync(ArchivePlan plan, Stream target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        await using var late = new LateWrites(target);
        await using (
            var zip = await ZipArchive.CreateAsync(
                late,
                ZipArchiveMode.Create,
                leaveOpen: true,
                Encoding.UTF8,
                cancellationToken
            )
        )
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var file in plan.Files)
            {
                await AddAsync(zip, plan, file, names, cancellationToken);
                await late.FlushAsync(cancellationToken);
            }
        }
        await late.FlushAsync(cancellationToken);
    }

    private async Task AddAsync(
        ZipArchive zip,
        ArchivePlan plan,
        FileEntry file,
        HashSet<string> names,
        CancellationToken cancellationToken
    )
    {
        await using var content =
            await files.OpenAsync(
                plan.Workspace,
                WorkspacePath.Of(file.Path),
                file.IsVirtual ? null : file.Version,
                cancellationToken
            ) ?? throw new IOException($"{file.Path} went while the zip was written: download it again.");
        var entry = zip.CreateEntry(NameOf(file.Path[plan.Folder.Length..], names), CompressionLevel.Fastest);
        entry.LastWriteTime = file.At;
        await using var into = await entry.OpenAsync(cancellationToken);
        await content.Content.CopyToAsync(into, cancellationToken);
    }

    /// <summary>A name that every system can unpack: none of the characters that Windows forbids, and no two that differ in case alone.</summary>
    internal static string NameOf(string path, HashSet<string> taken)
    {
        var safe = string.Concat(path.Select(c => "<>:\"|?*".Contains(c, StringComparison.Ordinal) ? '_' : c));
        var name = safe;
        for (var n = 2; !taken.Add(name); n++)
        {
            var ending = Path.GetExtension(safe);
            name = string.Create(CultureInfo.InvariantCulture, $"{safe[..^ending.Length]} ({n}){ending}");
        }
        return name;
    }
}
