using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>What a workspace keeps and may keep, in bytes and files; a limit that is null does not hold.</summary>
internal sealed record QuotaContract(long? MaxBytes, int? MaxFiles, long Bytes, long Files)
{
    public static QuotaContract Of(WorkspaceQuota quota) =>
        new(quota.MaxBytes, quota.MaxFiles, quota.Bytes, quota.Files);
}

/// <summary>Both limits; one that is left out or null does not hold any more.</summary>
internal sealed record QuotaRequest(long? MaxBytes, int? MaxFiles);

internal sealed record EmptiedContract(int Files);

/// <summary>Older versions, the bin and the quota: what a workspace keeps besides its files.</summary>
internal static class KeptEndpoints
{
    public static void MapKept(this RouteGroupBuilder workspaces)
    {
        workspaces
            .MapPost("/{ws}/versions/{**path}", RevertAsync)
            .WithName("RevertFile")
            .WithSummary("Write an older version anew, as the newest; what was written since stays; If-Match guards it")
            .Takes(("version", "The number of the version to bring back"))
            .RequireAuthorization(Policies.Operator);
        workspaces
            .MapDelete("/{ws}/bin", EmptyAsync)
            .WithName("EmptyBin")
            .WithSummary("Delete for good what lies in the bin")
            .RequireAuthorization(Policies.Admin);
        workspaces
            .MapGet("/{ws}/quota", ReadAsync)
            .WithName("GetWorkspaceQuota")
            .WithSummary("How much a workspace keeps and may keep, older versions and the bin included");
        workspaces
            .MapPut("/{ws}/quota", SetAsync)
            .WithName("SetWorkspaceQuota")
            .WithSummary("Limit the bytes and files that a workspace may keep")
            .RequireAuthorization(Policies.Admin)
            .Accepts<QuotaRequest>("application/json");
    }

    private static async Task<IResult> RevertAsync(
        string ws,
        string? path,
        HttpContext context,
        WorkspaceFiles files,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var version = (int?)query.Number("version", 1, int.MaxValue);
        if (query.Problem is { } wrong)
            return wrong;
        if (version is not { } number)
            return Problems.BadField("version", "Name the version to bring back, such as ?version=2.");
        var verb = FormattableString.Invariant($"revert to {number}");
        if (!FileChange.TryRead(context, ws, path, verb, time, out var change, out var problem))
            return problem;
        var write = new FileWrite(change.Id, ws, change.Path, change.By) { Expect = change.Expect };
        var result = await files.RevertAsync(write, number, cancellationToken);
        if (result.Outcome is FileOutcome.NotFound)
            return WorkspaceProblems.NoFile(change.Path.Value, number);
        return result.Stands
            ? FilesEndpoints.Written(context.Response, ws, change.Path, result)
            : WorkspaceProblems.Refused(ws, change.Path, result, 0);
    }

    private static async Task<Results<Ok<EmptiedContract>, ProblemHttpResult>> EmptyAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceBin bin,
        CancellationToken cancellationToken
    )
    {
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var (_, now) = await bin.CountAsync(ws, cancellationToken);
        var by = context.User.RequireCaller().ToAuthor();
        return TypedResults.Ok(new EmptiedContract(await bin.EmptyAsync(ws, now, by, cancellationToken)));
    }

    private static async Task<Results<Ok<QuotaContract>, ProblemHttpResult>> ReadAsync(
        string ws,
        WorkspaceQuotas quotas,
        CancellationToken cancellationToken
    ) =>
        await quotas.ReadAsync(ws, cancellationToken) is { } quota
            ? TypedResults.Ok(QuotaContract.Of(quota))
            : WorkspaceProblems.NoWorkspace(ws);

    private static async Task<Results<Ok<QuotaContract>, ProblemHttpResult>> SetAsync(
        string ws,
        JsonBody<QuotaRequest> body,
        HttpContext context,
        WorkspaceQuotas quotas,
        CancellationToken cancellationToken
    )
    {
        var (bytes, files) = (body.Value.MaxBytes, body.Value.MaxFiles);
        if (bytes < 0)
            return Problems.BadField("maxBytes", "Give 0 or more bytes, or null for no limit.");
        if (files < 0)
            return Problems.BadField("maxFiles", "Give 0 or more files, or null for no limit.");
        var by = context.User.RequireCaller().ToAuthor();
        return
            await quotas.SetAsync(ws, bytes, files, by, cancellationToken)
            && await quotas.ReadAsync(ws, cancellationToken) is { } quota
            ? TypedResults.Ok(QuotaContract.Of(quota))
            : WorkspaceProblems.NoWorkspace(ws);
    }
}
