using AgentControl.Engine;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Mcp;
using AgentControl.Web.Shared;
using AgentControl.Web.Telemetry;
using AgentControl.Web.Workspaces;
using Hangfire;
using Npgsql;

namespace AgentControl.Web.Hosting;

/// <summary>Puts the whole program together: database, engine, access, interfaces, pages.</summary>
internal static class ControlPlane
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>Opens the database, starting the program's own where none is configured, and registers everything.</summary>
    public static async Task<ControlDatabase> AddControlPlaneAsync(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["urls"] is null or "")
            builder.WebHost.UseUrls(DefaultUrl);
        // What the libraries say at 'information' is every statement; a configured level overrides these.
        builder
            .Logging.AddFilter("Npgsql", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error)
            .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Critical)
            .AddFilter("Hangfire", LogLevel.Warning)
            // The key ring lies in the database, beside what it protects, as docs/operations.md says.
            .AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddSimpleConsole(c => c.SingleLine = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(40));
        using var logs = StartLog(builder.Configuration);
        var database = await ControlDatabase.OpenAsync(
            builder.Configuration,
            logs.CreateLogger<ControlDatabase>(),
            CancellationToken.None
        );
        builder.Configuration["ConnectionStrings:AgentControl"] = database.ConnectionString;
        var services = builder.Services;
        services.AddEngine(builder.Configuration);
        services.AddWorkspaces(builder.Configuration);
        services.AddTelemetry(builder.Configuration);
        services.AddRest();
        services.AddMcp();
        services.AddAgents(builder.Configuration, builder.Environment);
        services.AddAccess(builder.Configuration);
        services.AddHangfire(
            (provider, hangfire) =>
                hangfire
                    .UseStorage(provider.GetRequiredService<JobStorage>())
                    .UseLogProvider(new HangfireLogs(provider.GetRequiredService<ILoggerFactory>()))
        );
        services.AddSingleton<ILiveFeed, EngineLiveFeed>();
        services.AddPages();
        return database;
    }

    /// <summary>What is said before the host has its own log.</summary>
    public static ILoggerFactory StartLog(IConfiguration configuration) =>
        LoggerFactory.Create(l =>
            l.AddConfiguration(configuration.GetSection("Logging")).AddSimpleConsole(c => c.SingleLine = true)
        );

    /// <summary>Brings the schema up before anything reads it.</summary>
    public static async Task PrepareAsync(this WebApplication app, ControlDatabase database)
    {
        await app.Services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await database.ReleaseDeadLeasesAsync(
            app.Services.GetRequiredService<NpgsqlDataSource>(),
            CancellationToken.None
        );
    }

    /// <summary>Serves until it is told to end; that may be while it still starts.</summary>
    public static async Task RunUntilToldAsync(this WebApplication app)
    {
        var told = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            // Told to end before it had started: nothing runs yet that would have to be waited for.
        }
    }

    public static void UseControlPlane(this WebApplication app)
    {
        app.UseRest();
        app.UseAccess();
        app.MapAccess();
        app.MapRest();
        app.MapMcpServer();
        app.MapTelemetry();
        app.MapWorkspaces();
        app.MapHangfireDashboard(
                "/hangfire",
                new DashboardOptions { Authorization = [new HangfireAdminFilter()], AppPath = "/" }
            )
            .RequireAuthorization(Policies.Admin);
        app.MapPages();
    }
}
