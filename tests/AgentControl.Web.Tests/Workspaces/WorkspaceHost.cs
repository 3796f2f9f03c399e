using System.Net.Http.Headers;
using AgentControl.Engine.Access;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Web.Tests.Workspaces;

/// <summary>The workspace routes with real access control on a real port and database.</summary>
internal sealed class WorkspaceHost : IAsyncDisposable
{
    private const string AdminKey = "ac_workspace-tests-0123456789abcdef0123456789abcdef";
    private readonly TestDatabase database;
    private readonly WebApplication app;
    private readonly NpgsqlDataSource data;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "ac-web-files-" + Guid.NewGuid().ToString("N"));

    private WorkspaceHost(TestDatabase database, (string Name, string Value)[] settings)
    {
        this.database = database;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["AgentControl:DataDirectory"] = folder,
                ["AgentControl:Files:MaxFileBytes"] = "1000000",
                ["AgentControl:Bootstrap:ApiKey"] = AdminKey,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))
        );
        data = NpgsqlDataSource.Create(database.ConnectionString);
        builder.Services.AddSingleton(data);
        builder.Services.AddDbContextFactory<ControlDbContext>(o => o.UseNpgsql(data));
        builder.Services.AddRazorComponents();
        builder.Services.AddSingleton(new AgentControl.Engine.Hosting.EngineOptions());
        builder.Services.AddRest();
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddWorkspaces(builder.Configuration);
        app = builder.Build();
        app.UseRest();
        app.UseAccess();
        app.MapWorkspaces();
    }

    /// <summary>Signed in as admin.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public static async Task<WorkspaceHost> StartAsync(
        PostgresFixture fixture,
        params (string Name, string Value)[] settings
    )
    {
        var host = new WorkspaceHost(
            await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken),
            settings
        );
        await host.app.StartAsync(TestContext.Current.CancellationToken);
        host.Address = new Uri(
            host.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        );
        host.Admin = host.ClientOf(AdminKey);
        return host;
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>A client with a new key of this role in this workspace.</summary>
    public async Task<HttpClient> ClientAsync(Role role, string workspace = "default")
    {
        var made = (ApiKeyOutcome.Created)
            await Get<ApiKeys>()
                .CreateAsync(
                    Caller.System,
                    new NewApiKey($"{role}", role) { Workspace = workspace },
                    CancellationToken.None
                );
        return ClientOf(made.Secret);
    }

    public HttpClient ClientOf(string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, "/api/v1/workspaces/") };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await app.DisposeAsync();
        await data.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
