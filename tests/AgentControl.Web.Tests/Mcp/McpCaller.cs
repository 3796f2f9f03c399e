using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>The official client, signed in with a key, against the running program.</summary>
internal sealed class McpCaller : IAsyncDisposable
{
    private readonly McpClient client;

    private McpCaller(McpClient client) => this.client = client;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public McpClient Client => client;

    public static async Task<McpCaller> ConnectAsync(ProgramFixture program, string? key, string? version = null)
    {
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(program.Address, "mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = key is null
                ? null
                : new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
        };
        var client = await McpClient.CreateAsync(
            new HttpClientTransport(options),
            new McpClientOptions { ProtocolVersion = version },
            cancellationToken: Stop
        );
        return new(client);
    }

    /// <summary>An admin's.</summary>
    public static Task<McpCaller> AdminAsync(ProgramFixture program) => ConnectAsync(program, ProgramFixture.AdminKey);

    public Task<CallToolResult> CallAsync(
        string tool,
        object arguments,
        IProgress<ProgressNotificationValue>? progress = null,
        CancellationToken? stop = null
    ) => client.CallToolAsync(tool, Dictionary(arguments), progress, cancellationToken: stop ?? Stop).AsTask();

    /// <summary>The structured content; fails where the tool refused.</summary>
    public async Task<JsonElement> AskAsync(string tool, object arguments)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError is not true, $"{tool}: {Text(result)}");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Text(result)), result.StructuredContent!.Value));
        return result.StructuredContent.Value;
    }

    /// <summary>What the tool said when it refused; fails where it did not.</summary>
    public async Task<string> RefusalAsync(string tool, object arguments)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError, $"{tool} answered {Text(result)}");
        return Text(result);
    }

    public static string Text(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static Dictionary<string, object?> Dictionary(object arguments) =>
        JsonSerializer
            .SerializeToElement(arguments)
            .EnumerateObject()
            .ToDictionary(a => a.Name, a => (object?)a.Value, StringComparer.Ordinal);
}
