using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Simulation.Mcp;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

// The server over standard input and output: what it lists and answers, the simulator at MCP_CONTROL says. Its tool `env` tells its own environment.
using var control = new HttpClient
{
    BaseAddress = new Uri(Environment.GetEnvironmentVariable("MCP_CONTROL")!),
    Timeout = Timeout.InfiniteTimeSpan,
};
(await control.PostAsync("/control/started", null)).EnsureSuccessStatusCode();
var options = new McpServerOptions
{
    ServerInfo = new Implementation { Name = "simulator", Version = "1" },
    Handlers = new McpServerHandlers
    {
        ListToolsHandler = async (_, stop) =>
            new()
            {
                Tools =
                [
                    .. (await control.GetFromJsonAsync<List<ToolLine>>("/control/tools", stop))!.Select(t =>
                        t.ToTool()
                    ),
                ],
            },
        CallToolHandler = CallAsync,
    },
};
await using var transport = new StdioServerTransport("simulator");
await using var server = McpServer.Create(transport, options);
await server.RunAsync();

async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken stop)
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
    using var answer = await control.PostAsJsonAsync(
        $"/control/call/{call.Name}",
        McpSimulator.ArgumentsOf(call),
        stop
    );
    var reply = (await answer.Content.ReadFromJsonAsync<Reply>(JsonSerializerOptions.Web, stop))!;
    if (reply.Dies)
        Environment.Exit(3);
    return reply.ToResult();
}
