using System.Diagnostics.CodeAnalysis;
using AgentControl.Core.Notes;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Notes;

/// <summary>Reads agents' notes and their versions.</summary>
[SuppressMessage(
    "Globalization",
    "CA1309",
    Justification = "Becomes SQL, where the column's collation C compares bytes."
)]
public sealed class NoteQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>The notes by name; deleted ones are not among them.</summary>
    public async Task<Page<NoteView>> ListAsync(
        string workspace,
        string agent,
        string? cursor = null,
        int limit = NoteText.MaxNotes,
        CancellationToken cancellationToken = default
    )
    {
        var after = WorkspaceCursor.Path(cursor) ?? "";
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await context
            .Set<NoteRow>()
            .AsNoTracking()
            .Where(n => n.Workspace == workspace && n.Agent == agent && !n.Deleted && string.Compare(n.Name, after) > 0)
            .OrderBy(n => n.Name)
            .Take(limit + 1)
            .Select(n => new NoteView(
                n.Name,
                n.Version,
                n.Size,
                n.FirstLine,
                new Author(n.AuthorKind, n.AuthorName),
                n.JobId,
                n.At
            ))
            .ToListAsync(cancellationToken);
        return Page<NoteView>.Of(items, limit, last => WorkspaceCursor.Of(last.Name));
    }

    /// <summary>The workspaces in which the agent has notes, by name, with how many.</summary>
    /// <param name="visible">Only these; null for all.</param>
    public async Task<IReadOnlyList<NoteWorkspace>> WorkspacesAsync(
        string agent,
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context
            .Set<NoteRow>()
            .Where(n => n.Agent == agent && !n.Deleted && (visible == null || visible.Contains(n.Workspace)))
            .GroupBy(n => n.Workspace)
            .OrderBy(g => g.Key)
            .Select(g => new NoteWorkspace(g.Key, g.Count()))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whether the agent has or had a note there.</summary>
    public async Task<bool> HasAnyAsync(string workspace, string agent, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context
            .Set<NoteRow>()
            .AnyAsync(n => n.Workspace == workspace && n.Agent == agent, cancellationToken);
    }

    /// <summary>The newest version, or the one that is asked for; it may be a deletion. Null where there is none.</summary>
    public async Task<NoteVersion?> FindAsync(
        NoteAddress note,
        int? version = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Versions(context, note)
            .Where(v => version == null || v.Version == version)
            .OrderByDescending(v => v.Version)
            .Select(v => new NoteVersion(
                v.Name,
                v.Version,
                v.Text,
                v.Size,
                new Author(v.AuthorKind, v.AuthorName),
                v.JobId,
                v.StepKey,
                v.At
            ))
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>All versions without their texts, newest first.</summary>
    public async Task<Page<NoteVersionView>> VersionsAsync(
        NoteAddress note,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        var below = Cursor.ReadNumber(cursor) ?? int.MaxValue;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await Versions(context, note)
            .Where(v => v.Version < below)
            .OrderByDescending(v => v.Version)
            .Take(limit + 1)
            .Select(v => new NoteVersionView(
                v.Version,
                v.Text == null,
                v.Size,
                new Author(v.AuthorKind, v.AuthorName),
                v.JobId,
                v.StepKey,
                v.At
            ))
            .ToListAsync(cancellationToken);
        return Page<NoteVersionView>.Of(items, limit, last => Cursor.Of(last.Version));
    }

    /// <summary>Whether the text is a cursor that <see cref="VersionsAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadNumber(cursor) is not null;

    private static IQueryable<NoteVersionRow> Versions(ControlDbContext context, NoteAddress note) =>
        context
            .Set<NoteVersionRow>()
            .AsNoTracking()
            .Where(v => v.Workspace == note.Workspace && v.Agent == note.Agent && v.Name == note.Name);
}
