using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentControl.Simulation.Mcp;

/// <summary>The server over standard input and output: what it lists and answers, the simulator at MCP_CONTROL says. Its tool <c>env</c> tells its own environment.</summary>
internal static class StdioServer
{
    private static readonly HttpClient _control = new()
    {
        BaseAddress = new Uri(
            Environment.GetEnvironmentVariable("MCP_CONTROL") ?? "http://set.mcp-control.invalid",
            UriKind.Absolute
        ),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static async Task Main()
    {
        using var started = await _control.PostAsync(new Uri("/control/started", UriKind.Relative), null);
        started.EnsureSuccessStatusCode();
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "simulator", Version = "1" },
            Handlers = new McpServerHandlers { ListToolsHandler = ListAsync, CallToolHandler = CallAsync },
        };
        await using var transport = new StdioServerTransport("simulator");
        await using var server = McpServer.Create(transport, options);
        // Its input ends with whoever started it, and it goes with it, whatever it is doing.
        await Task.WhenAny(server.RunAsync(), transport.MessageReader.Completion);
        Environment.Exit(0);
    }

    private static async ValueTask<ListToolsResult> ListAsync(
        RequestContext<ListToolsRequestParams> request,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Tools =
            [
                .. (await _control.GetFromJsonAsync<List<ToolLine>>("/control/tools", cancellationToken))!.Select(t =>
                    t.ToTool()
                ),
            ],
        };

    private static async ValueTask<CallToolResult> CallAsync(
        RequestContext<CallToolRequestParams> request,
        CancellationToken cancellationToken
    )
    {
        var call = request.Params!;
        if (call.Name == "env")
            return new Reply(
                string.Join(
                    '\n',
                    Environment
                        .GetEnvironmentVariables()
                        .Cast<System.Collections.DictionaryEntry>()
                        .Select(e => $"{e.Key}={e.Value}")
                )
            ).ToResult();
        using var answer = await _control.PostAsJsonAsync(
            $"/control/call/{call.Name}",
            McpSimulator.ArgumentsOf(call),
            cancellationToken
        );
        var reply = (await answer.Content.ReadFromJsonAsync<Reply>(JsonSerializerOptions.Web, cancellationToken))!;
        if (reply.Dies)
            Environment.Exit(3);
        return reply.ToResult();
    }
}
