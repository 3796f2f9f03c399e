using AgentControl.Engine.Workspaces;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Workspaces;

/// <summary>A folder in one download.</summary>
internal static class FolderEndpoints
{
    public static void MapFolders(this RouteGroupBuilder workspaces) =>
        workspaces
            .MapGet("/{ws}/zip/{**folder}", ZipAsync)
            .WithName("DownloadFolder")
            .WithSummary("A folder with all that lies below it, or the whole workspace, as a zip file");

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> ZipAsync(
        string ws,
        string? folder,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceArchive archive,
        IOptions<WorkspaceOptions> options,
        CancellationToken cancellationToken
    )
    {
        var name = (folder ?? "").TrimEnd('/').Normalize();
        var prefix = name.Length == 0 ? "" : name + "/";
        if (!WorkspacePath.IsPrefix(prefix))
            return Problems.BadField("folder", "Name a folder by its path, such as inbox/2026.");
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var plan = await archive.PlanAsync(ws, prefix, cancellationToken);
        if (plan.IsTooLarge)
            return WorkspaceProblems.FolderTooLarge(options.Value.MaxZipBytes);
        if (plan.Files.Count == 0)
            return WorkspaceProblems.EmptyFolder(prefix);
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(
            stream => archive.WriteAsync(plan, stream, context.RequestAborted),
            "application/zip",
            $"{(name.Length == 0 ? ws : WorkspaceAddress.Name(name))}.zip"
        );
    }
}
