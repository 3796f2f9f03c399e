using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentControl.Simulation.Mcp;

/// <summary>
/// MCP servers that a test scripts: one behind HTTP at <c>/mcp</c>, and one that is a program of its own, which asks this one over HTTP what to list and to
/// answer.
/// </summary>
public sealed class McpSimulator : IAsyncDisposable
{
    private readonly WebApplication app;

    private McpSimulator(WebApplication program, ToolScript script) => (app, Script) = (program, script);

    public ToolScript Script { get; }

    public Uri Address { get; private set; } = null!;

    /// <summary>Where the server behind HTTP is.</summary>
    public Uri Endpoint => new(Address, "mcp");

    /// <summary>What starts the program, as <c>dotnet</c> with one argument.</summary>
    public static string Program => typeof(McpSimulator).Assembly.Location;

    /// <summary>The headers of the last request to the server behind HTTP.</summary>
    public IHeaderDictionary? Headers { get; private set; }

    /// <summary>What it answers instead of anything else, for a server in trouble.</summary>
    public int? Status { get; set; }

    /// <param name="port">0 takes a free one.</param>
    public static async Task<McpSimulator> StartAsync(
        int port = 0,
        ToolScript? script = null,
        CancellationToken cancellationToken = default
    )
    {
        var tools = script ?? new ToolScript();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        builder
            .Services.AddMcpServer()
            .WithHttpTransport()
            .WithListToolsHandler(
                (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. tools.Tools.Select(t => t.ToTool())] })
            )
            .WithCallToolHandler(
                async (request, stop) =>
                    (await tools.AnswerAsync(request.Params!.Name, ArgumentsOf(request.Params), stop)).ToResult()
            );
        var program = builder.Build();
        var simulator = new McpSimulator(program, tools);
        program.Use(simulator.LookAsync);
        program.MapMcp("/mcp");
        program.MapGet("/control/tools", () => tools.Tools);
        program.MapPost("/control/started", tools.Begin);
        program.MapPost(
            "/control/call/{tool}",
            async (string tool, JsonElement arguments, CancellationToken stop) =>
                await tools.AnswerAsync(tool, arguments, stop)
        );
        await program.StartAsync(cancellationToken);
        simulator.Address = new Uri(
            program.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return simulator;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal static JsonElement ArgumentsOf(CallToolRequestParams call) =>
        JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, JsonElement>());

    private async Task LookAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/mcp", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        Headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
        if (Status is not { } status)
        {
            await next(context);
            return;
        }
        context.Response.StatusCode = status;
        if (status is >= 300 and < 400)
            context.Response.Headers.Location = "/control/elsewhere";
    }
}
