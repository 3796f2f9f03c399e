using System.Diagnostics.CodeAnalysis;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Workspaces;

/// <summary>Finds, lists and opens files. Lists run over names in byte order, so a deep page costs what the first one costs.</summary>
[SuppressMessage(
    "Globalization",
    "CA1309",
    Justification = "Becomes SQL, where the column's collation C compares bytes."
)]
public sealed class WorkspaceFileQueries(
    IDbContextFactory<ControlDbContext> contexts,
    WorkspaceBlobs blobs,
    IEnumerable<IVirtualFiles> virtualFiles
)
{
    private readonly IVirtualFiles? made = virtualFiles.FirstOrDefault();

    /// <summary>The newest version, null where there is none or it lies in the bin; or one by number, which a replay finds also after the file was deleted.</summary>
    public async Task<FileEntry?> FindAsync(
        string workspace,
        WorkspacePath path,
        int? version,
        CancellationToken cancellationToken
    )
    {
        if (VirtualName.From(path.Value) is { } name)
            return await MadeAsync(workspace, name, cancellationToken) is { } file
                ? FileEntries.From(workspace, name.JobId, file)
                : null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var heads = context
            .Set<WorkspaceFileRow>()
            .AsNoTracking()
            .Where(f => f.Workspace == workspace && f.Path == path.Value && f.Version > 0 && f.DeletedAt == null);
        return version is null
            ? await heads.Select(FileEntries.FromHead).SingleOrDefaultAsync(cancellationToken)
            : await Versions(context, workspace, path)
                .Where(v => v.Version == version)
                .Select(FileEntries.FromVersion)
                .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The same with its bytes. Dispose the result.</summary>
    public async Task<OpenFile?> OpenAsync(
        string workspace,
        WorkspacePath path,
        int? version,
        CancellationToken cancellationToken
    )
    {
        if (VirtualName.From(path.Value) is { } name)
        {
            return await MadeAsync(workspace, name, cancellationToken) is { } file
                ? new OpenFile(
                    FileEntries.From(workspace, name.JobId, file),
                    new MemoryStream(file.Content.ToArray(), writable: false)
                )
                : null;
        }
        if (await FindAsync(workspace, path, version, cancellationToken) is not { } entry)
            return null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var content = await Versions(context, workspace, path)
            .Where(v => v.Version == entry.Version)
            .Select(v => new
            {
                v.Sha256,
                v.Size,
                v.Content,
            })
            .SingleOrDefaultAsync(cancellationToken);
        return content is null
            ? null
            : new OpenFile(
                entry,
                content.Content is { } bytes
                    ? new MemoryStream(bytes, writable: false)
                    : blobs.Open(content.Sha256, content.Size)
            );
    }

    /// <summary>All versions, newest first.</summary>
    public async Task<Page<FileEntry>> VersionsAsync(
        string workspace,
        WorkspacePath path,
        int? below,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await Versions(context, workspace, path)
            .Where(v => v.Version < (below ?? int.MaxValue))
            .OrderByDescending(v => v.Version)
            .Take(limit + 1)
            .Select(FileEntries.FromVersion)
            .ToListAsync(cancellationToken);
        return Page<FileEntry>.Of(
            items,
            limit,
            last => WorkspaceCursor.Of(last.Version.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    /// <summary>Files whose names begin so, in byte order. Virtual files are there where the prefix names their job.</summary>
    public async Task<Page<FileEntry>> ListAsync(
        string workspace,
        string prefix,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var after = WorkspaceCursor.Path(cursor) ?? "";
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await InRange(context, workspace, prefix, after)
            .OrderBy(f => f.Path)
            .Take(limit + 1)
            .Select(FileEntries.FromHead)
            .ToListAsync(cancellationToken);
        foreach (var file in await MadeAsync(workspace, prefix, cancellationToken))
        {
            if (file.Path.StartsWith(prefix, StringComparison.Ordinal) && ByteOrder.Compare(file.Path, after) > 0)
                items.Add(file);
        }
        items.Sort((a, b) => ByteOrder.Compare(a.Path, b.Path));
        return Page<FileEntry>.Of(items, limit, last => WorkspaceCursor.Of(last.Path));
    }

    /// <summary>Files whose names have this text somewhere, whatever its case.</summary>
    public async Task<IReadOnlyList<FileEntry>> SearchAsync(
        string workspace,
        string text,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pattern =
            "%"
            + PlainText
                .Clean(text, 200)
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("%", "\\%", StringComparison.Ordinal)
                .Replace("_", "\\_", StringComparison.Ordinal)
            + "%";
        return await InRange(context, workspace, "", "")
            .Where(f => EF.Functions.ILike(f.Path, pattern, "\\"))
            .OrderBy(f => f.Path)
            .Take(limit)
            .Select(FileEntries.FromHead)
            .ToListAsync(cancellationToken);
    }

    /// <summary>What lies in the bin, by name.</summary>
    public async Task<Page<FileEntry>> BinAsync(
        string workspace,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var after = WorkspaceCursor.Path(cursor) ?? "";
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await context
            .Set<WorkspaceFileRow>()
            .AsNoTracking()
            .Where(f => f.Workspace == workspace && f.DeletedAt != null && string.Compare(f.Path, after) > 0)
            .OrderBy(f => f.Path)
            .Take(limit + 1)
            .Select(FileEntries.FromHead)
            .ToListAsync(cancellationToken);
        return Page<FileEntry>.Of(items, limit, last => WorkspaceCursor.Of(last.Path));
    }

    /// <summary>Everything a job has to do with: its own folder, and what it wrote elsewhere, at the version it wrote last.</summary>
    public async Task<IReadOnlyList<FileEntry>> OfJobAsync(
        string workspace,
        Guid jobId,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var folder = $"jobs/{jobId:D}/";
        var own = await ListAsync(workspace, folder, null, limit, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var heads = context.Set<WorkspaceFileRow>().Where(f => f.DeletedAt == null);
        var elsewhere = await context
            .Set<WorkspaceFileVersionRow>()
            .AsNoTracking()
            .Where(v => v.JobId == jobId && v.Workspace == workspace && !v.Path.StartsWith(folder))
            .Where(v => heads.Any(f => f.Workspace == v.Workspace && f.Path == v.Path))
            .Where(v =>
                !context
                    .Set<WorkspaceFileVersionRow>()
                    .Any(n =>
                        n.JobId == jobId && n.Workspace == v.Workspace && n.Path == v.Path && n.Version > v.Version
                    )
            )
            .OrderBy(v => v.Path)
            .Take(limit)
            .Select(FileEntries.FromVersion)
            .ToListAsync(cancellationToken);
        return [.. own.Items, .. elsewhere];
    }

    private static IQueryable<WorkspaceFileVersionRow> Versions(
        ControlDbContext context,
        string workspace,
        WorkspacePath path
    ) =>
        context
            .Set<WorkspaceFileVersionRow>()
            .AsNoTracking()
            .Where(v => v.Workspace == workspace && v.Path == path.Value);

    private static IQueryable<WorkspaceFileRow> InRange(
        ControlDbContext context,
        string workspace,
        string prefix,
        string after
    )
    {
        var end = prefix + ByteOrder.Last;
        return context
            .Set<WorkspaceFileRow>()
            .AsNoTracking()
            .Where(f => f.Workspace == workspace && f.DeletedAt == null && f.Version > 0)
            .Where(f =>
                string.Compare(f.Path, prefix) >= 0
                && string.Compare(f.Path, end) < 0
                && string.Compare(f.Path, after) > 0
            );
    }

    private async Task<VirtualFile?> MadeAsync(
        string workspace,
        VirtualName name,
        CancellationToken cancellationToken
    ) => made is null ? null : await made.FindAsync(workspace, name, cancellationToken);

    private async Task<IEnumerable<FileEntry>> MadeAsync(
        string workspace,
        string prefix,
        CancellationToken cancellationToken
    ) =>
        made is null || VirtualName.JobOf(prefix, out _) is not { } job
            ? []
            : (await made.ListAsync(workspace, job, cancellationToken)).Select(file =>
                FileEntries.From(workspace, job, file)
            );
}
