using System.Security.Claims;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Workspaces;

/// <summary>Files over REST: raw bytes in and out.</summary>
internal static class FilesEndpoints
{
    public static void MapFiles(this RouteGroupBuilder workspaces)
    {
        workspaces.MapGet("/{ws}/files", ListAsync).WithName("ListFiles").WithSummary("Files whose names begin with prefix, in byte order; bin=true lists deleted ones");
        workspaces.MapMethods("/{ws}/files/{**path}", [HttpMethods.Get, HttpMethods.Head], ReadAsync).WithName("ReadFile").WithSummary("A file's bytes; version=n for an older one; ranges and If-None-Match work");
        workspaces.MapGet("/{ws}/versions/{**path}", VersionsAsync).WithName("ListFileVersions").WithSummary("A file's versions, newest first");
        var change = workspaces.MapGroup("").RequireAuthorization(Policies.Operator);
        change
            .MapPut("/{ws}/files/{**path}", WriteAsync)
            .WithName("WriteFile")
            .WithSummary("Write a new version from the body's bytes; If-Match and If-None-Match: * guard it, Idempotency-Key makes a repeat harmless");
        change.MapDelete("/{ws}/files/{**path}", DeleteAsync).WithName("DeleteFile").WithSummary("Put a file into the bin, for 30 days");
        change.MapPost("/{ws}/bin/{**path}", RestoreAsync).WithName("RestoreFile").WithSummary("Take a file out of the bin");
    }

    private static async Task<Results<Ok<ListContract<FileContract>>, ValidationProblem, ProblemHttpResult>> ListAsync(
        string ws,
        WorkspaceStore store,
        WorkspaceFileQueries files,
        string? prefix,
        bool? bin,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!PageLimit.TryRead(limit, out var rows))
            return PageLimit.Refuse();
        if (prefix is not null && !WorkspacePath.IsPrefix(prefix))
            return WorkspaceProblems.Invalid("prefix", "A prefix is the beginning of a file name, such as inbox/.");
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = bin is true
            ? await files.BinAsync(ws, cursor, rows, cancellationToken)
            : await files.ListAsync(ws, (prefix ?? "").Normalize(), cursor, rows, cancellationToken);
        return TypedResults.Ok(new ListContract<FileContract>([.. page.Items.Select(FileContract.Of)], page.NextCursor));
    }

    private static async Task<IResult> ReadAsync(string ws, string? path, WorkspaceFileQueries files, HttpResponse response, int? version, bool? download, CancellationToken cancellationToken)
    {
        if (!WorkspacePath.TryParse(path, out var name, out var problem))
            return WorkspaceProblems.Invalid("path", problem);
        return await files.OpenAsync(ws, name, version, cancellationToken) is { } file ? FileAnswer.Of(file, response, download is true) : WorkspaceProblems.NoFile(name.Value, version);
    }

    private static async Task<Results<Ok<ListContract<FileContract>>, ValidationProblem, ProblemHttpResult>> VersionsAsync(
        string ws,
        string? path,
        WorkspaceFileQueries files,
        int? before,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!PageLimit.TryRead(limit, out var rows))
            return PageLimit.Refuse();
        if (!WorkspacePath.TryParse(path, out var name, out var problem))
            return WorkspaceProblems.Invalid("path", problem);
        var page = await files.VersionsAsync(ws, name, before, rows, cancellationToken);
        return page.Items.Count == 0 && before is null
            ? WorkspaceProblems.NoFile(name.Value)
            : TypedResults.Ok(new ListContract<FileContract>([.. page.Items.Select(FileContract.Of)], page.NextCursor));
    }

    private static async Task<IResult> WriteAsync(
        string ws,
        string? path,
        ClaimsPrincipal user,
        HttpContext context,
        WorkspaceFiles files,
        WorkspaceStore store,
        IOptions<WorkspaceOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!WorkspacePath.TryParse(path, out var name, out var problem))
            return WorkspaceProblems.Invalid("path", problem);
        if (!FileConditions.TryRead(context.Request, out var expect, out var header))
            return WorkspaceProblems.Invalid(header, "Send the ETags of the file in quotes, or *; If-None-Match takes * alone.");
        var limit = options.Value.MaxFileBytes;
        if (context.Request.ContentLength > limit)
            return WorkspaceProblems.TooLarge(limit);
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        // The server's own limit for bodies is far smaller; ours is counted while the bytes arrive.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var caller = user.RequireCaller();
        var id = WorkspaceCallers.WriteId(caller, context.Request.Headers["Idempotency-Key"], $"file {ws} {name}", time);
        var write = new FileWrite(id, ws, name, caller.ToAuthor()) { ContentType = context.Request.ContentType, Expect = expect };
        var result = await files.WriteAsync(write, context.Request.Body, cancellationToken);
        return result.Stands ? Written(context.Response, ws, name, result) : Refused(ws, name, result, limit);
    }

    private static async Task<IResult> DeleteAsync(string ws, string? path, ClaimsPrincipal user, HttpRequest request, WorkspaceFiles files, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!WorkspacePath.TryParse(path, out var name, out var problem))
            return WorkspaceProblems.Invalid("path", problem);
        if (!FileConditions.TryRead(request, out var expect, out var header))
            return WorkspaceProblems.Invalid(header, "Send the ETags of the file in quotes, or *.");
        var caller = user.RequireCaller();
        var id = WorkspaceCallers.WriteId(caller, request.Headers["Idempotency-Key"], $"delete {ws} {name}", time);
        var result = await files.DeleteAsync(id, ws, name, caller.ToAuthor(), expect, cancellationToken);
        return result.Stands ? TypedResults.NoContent() : Refused(ws, name, result, 0);
    }

    private static async Task<IResult> RestoreAsync(string ws, string? path, ClaimsPrincipal user, HttpRequest request, WorkspaceFiles files, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!WorkspacePath.TryParse(path, out var name, out var problem))
            return WorkspaceProblems.Invalid("path", problem);
        var caller = user.RequireCaller();
        var id = WorkspaceCallers.WriteId(caller, request.Headers["Idempotency-Key"], $"restore {ws} {name}", time);
        var result = await files.RestoreAsync(id, ws, name, caller.ToAuthor(), cancellationToken);
        return result.Stands ? TypedResults.NoContent() : Refused(ws, name, result, 0);
    }

    private static IResult Written(HttpResponse response, string workspace, WorkspacePath path, FileResult result)
    {
        response.Headers.ETag = $"\"{result.ETag}\"";
        if (result.Outcome is FileOutcome.Replayed)
            response.Headers["Idempotent-Replayed"] = "true";
        var contract = new WrittenContract(path.Value, result.Version, result.Sha256, $"\"{result.ETag}\"", result.At, result.Outcome is FileOutcome.Written);
        var location = $"/api/v1/workspaces/{workspace}/files/{string.Join('/', path.Value.Split('/').Select(Uri.EscapeDataString))}";
        return result is { Outcome: FileOutcome.Written, Version: 1 } ? TypedResults.Created(location, contract) : TypedResults.Ok(contract);
    }

    private static ProblemHttpResult Refused(string workspace, WorkspacePath path, FileResult result, long limit) =>
        result.Outcome switch
        {
            FileOutcome.Changed => WorkspaceProblems.Changed(result),
            FileOutcome.OtherContent => WorkspaceProblems.OtherContent(),
            FileOutcome.ReadOnly => WorkspaceProblems.ReadOnly(path.Value),
            FileOutcome.TooLarge => WorkspaceProblems.TooLarge(limit),
            FileOutcome.NoWorkspace => WorkspaceProblems.NoWorkspace(workspace),
            FileOutcome.NotFound => WorkspaceProblems.NoFile(path.Value),
            _ => throw new InvalidOperationException($"The outcome {result.Outcome} is no refusal."),
        };
}
