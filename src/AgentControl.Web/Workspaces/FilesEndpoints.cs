using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Workspaces;

/// <summary>Files over REST: raw bytes in and out.</summary>
internal static class FilesEndpoints
{
    public static void MapFiles(this RouteGroupBuilder workspaces)
    {
        workspaces
            .MapGet("/{ws}/files", ListAsync)
            .WithName("ListFiles")
            .WithSummary("Files by name, in byte order")
            .TakesPages(
                ("prefix", "How the names begin, such as inbox/"),
                ("bin", "true lists the deleted files instead")
            );
        workspaces
            .MapMethods("/{ws}/files/{**path}", [HttpMethods.Get, HttpMethods.Head], ReadAsync)
            .WithName("ReadFile")
            .WithSummary("A file's bytes; ranges and If-None-Match work")
            .Takes(
                ("version", "An older version's number"),
                ("download", "true has a browser save the file in any case")
            );
        workspaces
            .MapGet("/{ws}/versions/{**path}", VersionsAsync)
            .WithName("ListFileVersions")
            .WithSummary("A file's versions, newest first")
            .Takes(("before", "Only versions below this number"), QueryParameters.Paging[0]);
        var change = workspaces.MapGroup("").RequireAuthorization(Policies.Operator);
        change
            .MapPut("/{ws}/files/{**path}", WriteAsync)
            .WithName("WriteFile")
            .WithSummary(
                "Write a new version from the body's bytes; If-Match and If-None-Match: * guard it, Idempotency-Key makes a repeat harmless"
            );
        change
            .MapDelete("/{ws}/files/{**path}", DeleteAsync)
            .WithName("DeleteFile")
            .WithSummary("Put a file into the bin, for 30 days");
        change
            .MapPost("/{ws}/bin/{**path}", RestoreAsync)
            .WithName("RestoreFile")
            .WithSummary("Take a file out of the bin");
    }

    private static async Task<Results<Ok<ListContract<FileContract>>, ProblemHttpResult>> ListAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceFileQueries files,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (prefix, bin) = (query.Text("prefix") ?? "", query.Flag("bin"));
        var (cursor, limit) = (query.PageCursor(WorkspaceCursor.IsName), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (!WorkspacePath.IsPrefix(prefix))
            return Problems.BadField("prefix", "A prefix is the beginning of a file name, such as inbox/.");
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = bin
            ? await files.BinAsync(ws, cursor, limit, cancellationToken)
            : await files.ListAsync(ws, prefix.Normalize(), cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<FileContract>([.. page.Items.Select(FileContract.Of)], page.NextCursor)
        );
    }

    private static async Task<IResult> ReadAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFileQueries files,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (version, download) = ((int?)query.Number("version", 1, int.MaxValue), query.Flag("download"));
        if (query.Problem is { } problem)
            return problem;
        if (!WorkspacePath.TryParse(path, out var name, out var wrong))
            return Problems.BadField("path", wrong);
        return await files.OpenAsync(ws, name, version, cancellationToken) is { } file
            ? FileAnswer.Of(file, context.Response, download)
            : WorkspaceProblems.NoFile(name.Value, version);
    }

    private static async Task<Results<Ok<ListContract<FileContract>>, ProblemHttpResult>> VersionsAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFileQueries files,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (before, limit) = ((int?)query.Number("before", 1, int.MaxValue), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (!WorkspacePath.TryParse(path, out var name, out var wrong))
            return Problems.BadField("path", wrong);
        var page = await files.VersionsAsync(ws, name, before, limit, cancellationToken);
        return page.Items.Count == 0 && before is null
            ? WorkspaceProblems.NoFile(name.Value)
            : TypedResults.Ok(new ListContract<FileContract>([.. page.Items.Select(FileContract.Of)], page.NextCursor));
    }

    private static async Task<IResult> WriteAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFiles files,
        WorkspaceStore store,
        IOptions<WorkspaceOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!FileChange.TryRead(context, ws, path, "write", time, out var change, out var problem))
            return problem;
        var limit = options.Value.MaxFileBytes;
        if (context.Request.ContentLength > limit)
            return WorkspaceProblems.TooLarge(limit);
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        // The server's own limit for bodies is far smaller; ours is counted while the bytes arrive.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var write = new FileWrite(change.Id, ws, change.Path, change.By)
        {
            ContentType = context.Request.ContentType,
            Expect = change.Expect,
        };
        var result = await files.WriteAsync(write, context.Request.Body, cancellationToken);
        return result.Stands
            ? Written(context.Response, ws, change.Path, result)
            : WorkspaceProblems.Refused(ws, change.Path, result, limit);
    }

    private static async Task<IResult> DeleteAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFiles files,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!FileChange.TryRead(context, ws, path, "delete", time, out var change, out var problem))
            return problem;
        var result = await files.DeleteAsync(change.Id, ws, change.Path, change.By, change.Expect, cancellationToken);
        return result.Stands ? TypedResults.NoContent() : WorkspaceProblems.Refused(ws, change.Path, result, 0);
    }

    private static async Task<IResult> RestoreAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFiles files,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!FileChange.TryRead(context, ws, path, "restore", time, out var change, out var problem))
            return problem;
        var result = await files.RestoreAsync(change.Id, ws, change.Path, change.By, cancellationToken);
        return result.Stands ? TypedResults.NoContent() : WorkspaceProblems.Refused(ws, change.Path, result, 0);
    }

    internal static IResult Written(HttpResponse response, string workspace, WorkspacePath path, FileResult result)
    {
        response.Headers.ETag = $"\"{result.ETag}\"";
        if (result.Outcome is FileOutcome.Replayed)
            response.Headers[Idempotency.Replayed] = "true";
        var contract = new WrittenContract(
            path.Value,
            result.Version,
            result.Sha256,
            $"\"{result.ETag}\"",
            result.At,
            result.Outcome is FileOutcome.Written
        );
        return result is { Outcome: FileOutcome.Written, Version: 1 }
            ? TypedResults.Created(WorkspaceAddress.Bytes(workspace, path.Value), contract)
            : TypedResults.Ok(contract);
    }
}
