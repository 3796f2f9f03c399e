using AgentControl.Agents;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Mcp;
using AgentControl.Chaos.Host;
using AgentControl.Engine;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Live;
using AgentControl.Engine.Mcp;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

// One engine as a process of its own, told by lines on its standard input what to do: the chaos tests kill, stop and continue it.
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Logging.AddSimpleConsole(c => c.SingleLine = true).AddFilter(null, LogLevel.Error);
builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
await using var database = await ControlDatabase.OpenAsync(
    builder.Configuration,
    NullLogger.Instance,
    CancellationToken.None
);
builder.Configuration["ConnectionStrings:AgentControl"] = database.ConnectionString;
builder.Services.AddEngine(builder.Configuration);
builder.Services.AddWorkspaces(builder.Configuration);
builder.Services.AddQueries();
var crash = new CrashPoint();
builder.Services.AddSingleton(_ => crash.Watch(new NpgsqlDataSourceBuilder(database.ConnectionString)).Build());
builder.Services.AddSingleton(_ => EnginePool.Of(database.ConnectionString, pool => crash.Watch(pool)));
var effects = new EffectLog(builder.Configuration["Effects"] ?? Path.GetTempFileName());
builder.Services.AddSingleton(ReferenceAgent.Definition(effects));
builder.Services.AddSingleton(ChildAgent.Definition(effects));
builder.Services.AddSingleton(HundredAgent.Definition(effects));
builder.Services.AddSingleton(DeadlyAgent.Definition(effects));
builder.Services.AddSingleton(ModelAgent.Definition());
var desk = DeskServer.Read(builder.Configuration);
var free = new AssistantSettings(BuiltInAgents.Assistant)
{
    Route = "chaos",
    McpServers = [.. desk.Select(server => server.Name)],
    // Writing asks, and the decider approves.
    Tools = Toolbox
        .Names.Where(tool => tool != "write_file")
        .Concat(desk.SelectMany(DeskServer.Tools))
        .ToDictionary(tool => tool, _ => ToolPolicy.Allow),
};
builder.Services.AddSingleton(services => new McpServers(desk, services.GetRequiredService<McpPins>()));
builder.Services.AddSingleton(BuiltInAgents.All(false, [free]).Single(agent => agent.Name == free.Name));
builder.Services.AddHostedService<Decider>();
using var host = builder.Build();
await host.Services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
using var takes = host.Services.GetRequiredService<EventFeed>().Subscribe(crash.Heard);
await database.ReleaseDeadLeasesAsync(host.Services.GetRequiredService<NpgsqlDataSource>(), CancellationToken.None);
await host.StartAsync();
Console.WriteLine($"ready {database.ConnectionString}");
await new Orders(host.Services, crash).ObeyAsync(Console.In);
await host.StopAsync();
