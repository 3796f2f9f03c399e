using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentControl.Web.Mcp;

/// <summary>Completes the arguments of prompts and addresses from what the caller may look into: jobs and workspaces. Others have no suggestions.</summary>
internal static class CompletionHandler
{
    private const int Most = 20;

    public static ValueTask<CompleteResult> CompleteAsync(
        RequestContext<CompleteRequestParams> request,
        CancellationToken stop
    ) =>
        McpFailures.GuardAsync(
            request.Services!,
            "completion/complete",
            async () =>
            {
                var begun = request.Params?.Argument.Value ?? "";
                var visible = request.User!.RequireCaller().Workspaces;
                var values = request.Params?.Argument.Name switch
                {
                    "job" => await JobsAsync(request.Services!, begun, visible, stop),
                    "workspace" => await WorkspacesAsync(request.Services!, begun, visible, stop),
                    _ => [],
                };
                return new CompleteResult
                {
                    Completion = new Completion { Values = values, HasMore = values.Count == Most },
                };
            },
            stop
        );

    private static async Task<IList<string>> JobsAsync(
        IServiceProvider services,
        string begun,
        IReadOnlyCollection<string>? visible,
        CancellationToken stop
    )
    {
        var filter = new JobFilter { Visible = visible, Text = begun.Length == 0 ? null : begun };
        var page = await services
            .GetRequiredService<JobQueries>()
            .ListAsync(filter, null, Most, cancellationToken: stop);
        return [.. page.Items.Select(j => j.ShortId)];
    }

    private static async Task<IList<string>> WorkspacesAsync(
        IServiceProvider services,
        string begun,
        IReadOnlyCollection<string>? visible,
        CancellationToken stop
    )
    {
        var page = await services.GetRequiredService<WorkspaceStore>().ListAsync(visible, null, 200, stop);
        return [.. page.Items.Select(w => w.Name).Where(n => n.StartsWith(begun, StringComparison.Ordinal)).Take(Most)];
    }
}
