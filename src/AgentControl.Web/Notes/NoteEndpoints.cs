using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notes;

/// <summary>Agents' notes over REST: read by viewers, changed by operators of the workspace.</summary>
internal static class NoteEndpoints
{
    /// <summary>A text of 64 KiB in which every byte is escaped, and its envelope.</summary>
    private const int MaxBody = (6 * 64 * 1024) + 1024;

    private static readonly (string, string) _workspace = (NoteDoor.Workspace, "The workspace; default if left out");

    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        var notes = routes
            .MapGroup("/api/v1/agents/{name}/notes")
            .WithTags("Notes")
            .RequireAuthorization(Policies.Viewer);
        notes
            .MapGet("/", ListAsync)
            .WithName("ListNotes")
            .WithSummary("What an agent keeps beyond its jobs in a workspace, by name, without the texts")
            .TakesPages(_workspace);
        notes
            .MapGet("/{**note}", FindAsync)
            .WithName("GetNote")
            .WithSummary("A note's newest version; its ETag is the version")
            .Takes(_workspace);
        notes
            .MapGet("/{note}/versions", VersionsAsync)
            .WithName("ListNoteVersions")
            .WithSummary("A note's versions, newest first, deletions among them; a / in the note's name is written %2F")
            .TakesPages(_workspace);
        notes
            .MapGet("/{note}/versions/{version}", VersionAsync)
            .WithName("GetNoteVersion")
            .WithSummary("One version with its text; a / in the note's name is written %2F")
            .Takes(_workspace);
        var change = notes.MapGroup("").RequireAuthorization(Policies.Operator);
        change
            .MapPut("/{**note}", WriteAsync)
            .WithName("WriteNote")
            .WithSummary(
                "Write a note, at most 64 KiB; expectedVersion or If-Match guard it (409 note.changed with what stands), Idempotency-Key makes a repeat harmless"
            )
            .Accepts<NoteRequest>("application/json")
            .WithMetadata(new BodyLimit(MaxBody, "text"))
            .Takes(_workspace);
        change
            .MapDelete("/{**note}", DeleteAsync)
            .WithName("DeleteNote")
            .WithSummary("Delete a note as a new version; If-Match guards it, and older versions stay readable")
            .Takes(_workspace);
    }

    private static async Task<Results<Ok<ListContract<NoteContract>>, ProblemHttpResult>> ListAsync(
        string name,
        HttpContext context,
        NoteDoor door,
        NoteQueries notes,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (cursor, limit) = (query.PageCursor(WorkspaceCursor.IsName), query.Limit());
        if (query.Problem is { } wrong)
            return wrong;
        var (workspace, problem) = await door.EnterAsync(context, name, Role.Viewer, cancellationToken);
        if (problem is not null)
            return problem;
        var page = await notes.ListAsync(workspace, name, cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<NoteContract>([.. page.Items.Select(NoteContract.Of)], page.NextCursor)
        );
    }

    private static async Task<Results<Ok<NoteTextContract>, ProblemHttpResult>> FindAsync(
        string name,
        string? note,
        HttpContext context,
        NoteDoor door,
        NoteQueries notes,
        CancellationToken cancellationToken
    )
    {
        var (address, problem) = await door.EnterAsync(context, name, note, Role.Viewer, cancellationToken);
        if (problem is not null)
            return problem;
        var found = await notes.FindAsync(address, null, cancellationToken);
        if (found is null or { Deleted: true })
            return NoteProblems.NotFound(address, found);
        context.Response.Headers.ETag = NoteDoor.ETag(found.Version);
        return TypedResults.Ok(NoteTextContract.Of(found));
    }

    private static async Task<Results<Ok<ListContract<NoteVersionContract>>, ProblemHttpResult>> VersionsAsync(
        string name,
        string note,
        HttpContext context,
        NoteDoor door,
        NoteQueries notes,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (cursor, limit) = (query.PageCursor(NoteQueries.IsCursor), query.Limit());
        if (query.Problem is { } wrong)
            return wrong;
        var (address, problem) = await door.EnterAsync(context, name, note, Role.Viewer, cancellationToken);
        if (problem is not null)
            return problem;
        var page = await notes.VersionsAsync(address, cursor, limit, cancellationToken);
        return page.Items.Count == 0 && cursor is null
            ? NoteProblems.NotFound(address)
            : TypedResults.Ok(
                new ListContract<NoteVersionContract>([.. page.Items.Select(NoteVersionContract.Of)], page.NextCursor)
            );
    }

    private static async Task<Results<Ok<NoteTextContract>, ProblemHttpResult>> VersionAsync(
        string name,
        string note,
        string version,
        HttpContext context,
        NoteDoor door,
        NoteQueries notes,
        CancellationToken cancellationToken
    )
    {
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return Problems.BadField("version", "Give a version's number, a whole number from 1.");
        var (address, problem) = await door.EnterAsync(context, name, note, Role.Viewer, cancellationToken);
        if (problem is not null)
            return problem;
        return await notes.FindAsync(address, number, cancellationToken) is { } found
            ? TypedResults.Ok(NoteTextContract.Of(found))
            : NoteProblems.NoVersion(address, number);
    }

    private static async Task<Results<Ok<NoteTextContract>, Created<NoteTextContract>, ProblemHttpResult>> WriteAsync(
        string name,
        string? note,
        JsonBody<NoteRequest> body,
        HttpContext context,
        NoteDoor door,
        NoteCommands commands,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (address, problem) = await door.EnterAsync(context, name, note, Role.Operator, cancellationToken);
        if (problem is not null)
            return problem;
        if (body.Value.Text is not { } text)
            return Problems.BadField("text", "Send the whole text of the note, as a string.");
        if (!TryRead(context, address, text, body.Value.ExpectedVersion, time, out var write, out problem))
            return problem!;
        var result = await commands.ApplyAsync(write!, context.User.RequireCaller().Actor, cancellationToken);
        if (!result.Stands)
            return NoteProblems.Of(address, write!, result);
        var now = result.Now!;
        context.Response.Headers.ETag = NoteDoor.ETag(now.Version);
        if (result.Outcome is NoteOutcome.Replayed)
            context.Response.Headers[Idempotency.Replayed] = "true";
        return result.Outcome is NoteOutcome.Written && now.Version == 1
            ? TypedResults.Created(context.Request.Path.Value, NoteTextContract.Of(now))
            : TypedResults.Ok(NoteTextContract.Of(now));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name,
        string? note,
        HttpContext context,
        NoteDoor door,
        NoteCommands commands,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (address, problem) = await door.EnterAsync(context, name, note, Role.Operator, cancellationToken);
        if (problem is not null)
            return problem;
        if (!TryRead(context, address, null, null, time, out var write, out problem))
            return problem!;
        var result = await commands.ApplyAsync(write!, context.User.RequireCaller().Actor, cancellationToken);
        return result.Stands ? TypedResults.NoContent() : NoteProblems.Of(address, write!, result);
    }

    private static bool TryRead(
        HttpContext context,
        NoteAddress note,
        string? text,
        int? expected,
        TimeProvider time,
        out NoteWrite? write,
        out ProblemHttpResult? problem
    )
    {
        write = null;
        if (!NoteDoor.TryReadExpected(context.Request, expected, out var version, out problem))
            return false;
        var caller = context.User.RequireCaller();
        // What the key wrote before is told by the text itself.
        (var key, problem) = Idempotency.Read(context.Request, caller, []);
        if (problem is not null)
            return false;
        var what = $"{(text is null ? "delete" : "write")} note {note.Workspace} {note.Agent} {note.Name}";
        write = new NoteWrite(WorkspaceCallers.WriteId(caller, key?.Key, what, time), note, text, caller.ToAuthor())
        {
            ExpectedVersion = version,
        };
        return true;
    }
}
