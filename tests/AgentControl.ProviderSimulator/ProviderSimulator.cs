using System.Net;
using AgentControl.Simulation.Faults;
using AgentControl.Simulation.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Simulation;

/// <summary>
/// A provider of models on a port of this machine: Anthropic's Messages, OpenAI's Chat Completions and Responses, streaming and not, with answers and faults
/// that a test or a person scripts.
/// </summary>
public sealed class ProviderSimulator : IAsyncDisposable
{
    private readonly WebApplication app;

    private ProviderSimulator(WebApplication program, TimeProvider time)
    {
        app = program;
        Faults = new FaultScript(time);
    }

    /// <summary>Without a path: <c>/v1</c> comes behind it for OpenAI's clients, nothing for Anthropic's.</summary>
    public Uri Address { get; private set; } = null!;

    public CallLog Calls { get; } = new();

    public FaultScript Faults { get; }

    public AnswerScript Answers { get; } = new();

    /// <param name="port">0 takes a free one.</param>
    /// <param name="time">For pauses, dates and the end of faults.</param>
    public static async Task<ProviderSimulator> StartAsync(
        int port = 0,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default
    )
    {
        time ??= TimeProvider.System;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        // A held stream must not hold up the end.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        var program = builder.Build();
        var simulator = new ProviderSimulator(program, time);
        simulator.Map("/v1/messages", new AnthropicDialect(), time);
        simulator.Map("/v1/chat/completions", new ChatDialect(), time);
        simulator.Map("/v1/responses", new ResponsesDialect(), time);
        ControlRoutes.Map(program, simulator);
        await program.StartAsync(cancellationToken);
        var addresses = program
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses;
        simulator.Address = new Uri(addresses.First());
        return simulator;
    }

    /// <summary>Ends when the program is told to stop.</summary>
    public Task UntilStoppedAsync() => app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private void Map(string path, Dialect dialect, TimeProvider time)
    {
        var exchange = new Exchange(dialect, Calls, Faults, Answers, time);
        app.MapPost(path, http => ServeAsync(exchange, http));
    }

    private static async Task ServeAsync(Exchange exchange, HttpContext http)
    {
        try
        {
            await exchange.ServeAsync(http);
        }
        catch (Exception gone)
            when (http.RequestAborted.IsCancellationRequested
                && gone is OperationCanceledException or IOException or ConnectionAbortedException
            )
        {
            // The client hung up, which is what some faults are made for.
        }
    }
}
