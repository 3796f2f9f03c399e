using System.Buffers.Text;
using System.Text;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentControl.Web.Mcp;

/// <summary>Lists and reads resources for clients.</summary>
internal static class ResourceHandlers
{
    private const int Logs = 20;
    private const int PageSize = 100;

    public static ValueTask<ListResourceTemplatesResult> TemplatesAsync(
        RequestContext<ListResourceTemplatesRequestParams> request,
        CancellationToken stop
    ) =>
        ValueTask.FromResult(
            new ListResourceTemplatesResult
            {
                ResourceTemplates =
                [
                    .. ResourceAddress.Templates.Select(t => new ResourceTemplate
                    {
                        Name = t.Name,
                        UriTemplate = t.Template,
                        Description = t.Description,
                        MimeType = t.Type,
                    }),
                ],
            }
        );

    /// <summary>The logs of the newest jobs, then the files of each workspace that the caller may look into.</summary>
    public static ValueTask<ListResourcesResult> ListAsync(
        RequestContext<ListResourcesRequestParams> request,
        CancellationToken stop
    ) =>
        McpFailures.GuardAsync(
            request.Services!,
            "resources/list",
            async () =>
            {
                var services = request.Services!;
                var visible = request.User!.RequireCaller().Workspaces;
                var workspaces = services.GetRequiredService<WorkspaceStore>();
                var result = new ListResourcesResult();
                var (workspace, after) = Place(request.Params?.Cursor);
                if (workspace is null)
                    foreach (var job in await NewestAsync(services, visible, stop))
                        result.Resources.Add(LogOf(job));
                // One page of files at a time; a workspace that is done makes room for the next.
                var next =
                    workspace is null || after is null
                        ? await NextAsync(workspaces, visible, workspace, stop)
                        : workspace;
                if (next is null || (visible is not null && !visible.Contains(next)))
                    return result;
                var page = await services
                    .GetRequiredService<WorkspaceFileQueries>()
                    .ListAsync(next, "", after, PageSize, stop);
                foreach (var file in page.Items)
                    result.Resources.Add(FileOf(file));
                result.NextCursor =
                    page.NextCursor is { } more ? Cursor(next, more)
                    : await NextAsync(workspaces, visible, next, stop) is not null ? Cursor(next, null)
                    : null;
                return result;
            },
            stop
        );

    public static ValueTask<ReadResourceResult> ReadAsync(
        RequestContext<ReadResourceRequestParams> request,
        CancellationToken stop
    ) =>
        McpFailures.GuardAsync(
            request.Services!,
            "resources/read",
            async () =>
            {
                var uri = request.Params?.Uri;
                if (!ResourceAddress.TryParse(uri, out var address))
                    throw new McpProtocolException(
                        $"There is no resource {uri}. resources/templates/list tells which addresses there are.",
                        McpFailures.Missing(request.Server.NegotiatedProtocolVersion)
                    );
                var services = request.Services!;
                var read = await services
                    .GetRequiredService<ServedResources>()
                    .ReadAsync(address, request.User!, services.GetRequiredService<ProgressQueries>(), stop);
                if (read.Result is not Ok<ResourceContent> { Value: { } content })
                    throw McpFailures.Of((ProblemHttpResult)read.Result, request.Server.NegotiatedProtocolVersion);
                return new ReadResourceResult
                {
                    Contents =
                    [
                        content.Text is { } text
                            ? new TextResourceContents
                            {
                                Uri = uri!,
                                MimeType = content.Type,
                                Text = text,
                            }
                            : BlobResourceContents.FromBytes(content.Bytes!, uri!, content.Type),
                    ],
                };
            },
            stop
        );

    private static async Task<IReadOnlyList<JobSummary>> NewestAsync(
        IServiceProvider services,
        IReadOnlyCollection<string>? visible,
        CancellationToken stop
    ) =>
        (
            await services
                .GetRequiredService<JobQueries>()
                .ListAsync(new JobFilter { Visible = visible }, null, Logs, cancellationToken: stop)
        ).Items;

    private static async Task<string?> NextAsync(
        WorkspaceStore workspaces,
        IReadOnlyCollection<string>? visible,
        string? after,
        CancellationToken stop
    )
    {
        var cursor = after is null ? null : WorkspaceCursor.Behind(after);
        var page = await workspaces.ListAsync(visible, cursor, 1, stop);
        return page.Items is [var next, ..] ? next.Name : null;
    }

    private static Resource LogOf(JobSummary job) =>
        new()
        {
            Name = $"{job.ShortId}.log",
            Title = $"Log of {job.Name}",
            Uri = ResourceAddress.OfLog(job.ShortId),
            Description = $"{job.Agent}, {job.Label}",
            MimeType = "text/plain",
        };

    private static Resource FileOf(FileEntry file) =>
        new()
        {
            Name = file.Path,
            Uri = ResourceAddress.OfFile(file.Workspace, file.Path),
            Description = $"In the workspace {file.Workspace}, version {file.Version}",
            MimeType = file.ContentType,
            Size = file.Size,
        };

    private static string Cursor(string workspace, string? after) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{workspace}\n{after}"));

    private static (string? Workspace, string? After) Place(string? cursor)
    {
        if (cursor is null)
            return (null, null);
        string[] parts = Base64Url.IsValid(cursor)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\n')
            : [];
        return
            parts is [var workspace, var after]
            && WorkspaceName.IsValid(workspace)
            && (after.Length == 0 || WorkspaceCursor.IsName(after))
            ? (workspace, after.Length == 0 ? null : after)
            : throw new McpProtocolException(
                "cursor: Hand back nextCursor as it came, or leave it out for the first page.",
                McpErrorCode.InvalidParams
            );
    }
}
