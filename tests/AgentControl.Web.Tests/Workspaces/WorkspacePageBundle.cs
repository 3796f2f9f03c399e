using AgentControl.Engine.Access;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Npgsql;

namespace AgentControl.Web.Tests.Workspaces;

/// <summary>The parts of workspace pages over a real database, as a person with a role.</summary>
internal sealed class WorkspacePageBundle : BunitContext, ICallerAccessor
{
    private readonly TestDatabase database;
    private readonly NpgsqlDataSource data;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "ac-page-files-" + Guid.NewGuid().ToString("N"));

    private WorkspacePageBundle(TestDatabase database)
    {
        this.database = database;
        data = NpgsqlDataSource.Create(database.ConnectionString);
        JSInterop.Mode = JSRuntimeMode.Loose;
        this.AddBunitPersistentComponentState();
        Services.AddSingleton(data);
        Services.AddDbContextFactory<ControlDbContext>(o => o.UseNpgsql(data));
        Services.AddWorkspaces(
            new ConfigurationBuilder().AddInMemoryCollection([new("AgentControl:DataDirectory", folder)]).Build()
        );
        Services.AddWorkspacePages();
        Services.AddMudServices();
        Services.AddSingleton<ICallerAccessor>(this);
        Services.AddSingleton<ILiveFeed, Feed>();
        Services.AddScoped<UiPulse>();
        Services.AddScoped<Announcer>();
        Services.AddScoped<Notices>();
    }

    public Role? Role { get; set; } = Engine.Access.Role.Operator;

    public static async Task<WorkspacePageBundle> CreateAsync(PostgresFixture fixture) =>
        new(await fixture.CreateDatabaseAsync(Xunit.TestContext.Current.CancellationToken));

    public Task<FileResult> WriteAsync(string path, string text) =>
        Services
            .GetRequiredService<WorkspaceFiles>()
            .WriteAsync(
                new FileWrite(Guid.CreateVersion7(), "default", WorkspacePath.Of(path), Author.Person("Maria")),
                System.Text.Encoding.UTF8.GetBytes(text),
                CancellationToken.None
            );

    public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            Role is { } role ? new Caller(CallerKind.Person, Guid.Empty, "Ana") { Roles = Caller.Global(role) } : null
        );

    /// <summary>Cuts the database off, as an outage does.</summary>
    public ValueTask CutDatabaseAsync() => data.DisposeAsync();

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await data.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private sealed class Feed(WorkspaceChanges changes) : ILiveFeed
    {
        public IDisposable Subscribe(string topic, Action changed) =>
            changes.Watch(topic[(topic.IndexOf(':', StringComparison.Ordinal) + 1)..], changed);
    }
}
