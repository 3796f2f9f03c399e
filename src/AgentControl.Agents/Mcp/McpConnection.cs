using System.Text.Json;
using AgentControl.Core.Jobs;
using AgentControl.Core.Mcp;
using AgentControl.Core.Services;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentControl.Agents.Mcp;

/// <summary>One server and the connection to it: made when it is first needed, shared by all jobs of this process, and made again after it has ended.</summary>
internal sealed class McpConnection(McpServerSettings server) : IAsyncDisposable
{
    private const int MostTools = 256;
    private static readonly JsonElement _anyObject = JsonElement.Parse("""{"type":"object"}""");
    private readonly SemaphoreSlim turn = new(1, 1);
    private McpClient? client;
    private IAsyncDisposable? below;

    public McpServerSettings Server => server;

    /// <summary>What the server offers now, limited to what is configured.</summary>
    /// <exception cref="ServiceException">It cannot be reached, or does not list its tools.</exception>
    /// <exception cref="PermanentFailureException">It answers with a redirect.</exception>
    /// <param name="within">How long it may take, where that is shorter than the configured time.</param>
    public async Task<IReadOnlyList<McpTool>> ListAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        using var limit = Limit(cancellationToken);
        if (within < TimeSpan.FromSeconds(server.TimeoutSeconds))
            limit.CancelAfter(within.Value);
        try
        {
            var connected = await ClientAsync(limit.Token);
            var all = await connected.ListToolsAsync(cancellationToken: limit.Token);
            if (all.Count > MostTools)
                throw new IOException($"It lists {all.Count} tools; at most {MostTools} are read.");
            return
            [
                .. all.Select(t => Read(t.ProtocolTool))
                    .Where(t => server.Tools.Count == 0 || server.Tools.Contains(t.Name, StringComparer.Ordinal)),
            ];
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception problem)
        {
            throw McpFailure.BeforeCall(server, problem, limit.IsCancellationRequested, within);
        }
    }

    /// <summary>Has a tool done. What the server answers is returned, its errors too.</summary>
    /// <param name="repeatable">Whether it may be tried again where no answer came.</param>
    /// <exception cref="ServiceException">There was no answer.</exception>
    public async Task<CallToolResult> CallAsync(
        string tool,
        JsonElement arguments,
        bool repeatable,
        CancellationToken cancellationToken
    )
    {
        using var limit = Limit(cancellationToken);
        try
        {
            var connected = await ClientAsync(limit.Token);
            var call = new CallToolRequestParams
            {
                Name = tool,
                Arguments = arguments.EnumerateObject().ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
            };
            return await connected.CallToolAsync(call, limit.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (McpProtocolException said)
        {
            return new() { IsError = true, Content = [new TextContentBlock { Text = said.Message }] };
        }
        catch (Exception problem)
        {
            throw McpFailure.InCall(server, problem, limit.IsCancellationRequested, repeatable);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        try
        {
            await EndAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(server.TimeoutSeconds));
        return limit;
    }

    private async Task<McpClient> ClientAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (client is { Completion.IsCompleted: false } connected)
                return connected;
            await EndAsync();
            return client = await ConnectAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        IClientTransport transport;
        if (server.Command is not null)
        {
            var process = StdioProcess.Start(server);
            (below, transport) = (process, process.Transport());
        }
        else
        {
            var door = HttpDoor.Transport(server);
            (below, transport) = (door, door);
        }
        try
        {
            return await McpClient.CreateAsync(transport, Options(), cancellationToken: cancellationToken);
        }
        catch (Exception problem)
        {
            var process = below as StdioProcess;
            await EndAsync();
            // Behind its end it has said everything.
            var said = process?.Said;
            if (problem is OperationCanceledException || string.IsNullOrEmpty(said))
                throw;
            throw new McpStartException($"{problem.Message.TrimEnd('.')}. It wrote: {said}", problem);
        }
    }

    /// <summary>It is offered nothing of ours: no files, no models, no questions to people.</summary>
    private McpClientOptions Options() =>
        new()
        {
            ClientInfo = new Implementation { Name = "AgentControl", Version = "1.0" },
            InitializationTimeout = TimeSpan.FromSeconds(server.TimeoutSeconds),
        };

    private async Task EndAsync()
    {
        var (session, way) = (client, below);
        (client, below) = (null, null);
        // A program ends when its input does, and the session with it; a session over HTTP says goodbye by itself.
        if (way is StdioProcess process)
            await process.DisposeAsync();
        if (session is not null)
            await session.DisposeAsync();
        if (way is not null and not StdioProcess)
            await way.DisposeAsync();
    }

    private static McpTool Read(Tool tool) =>
        new(
            tool.Name,
            tool.Description ?? "",
            tool.InputSchema.ValueKind == JsonValueKind.Object ? tool.InputSchema.Clone() : _anyObject,
            tool.Annotations is { ReadOnlyHint: true } or { IdempotentHint: true }
        );
}
