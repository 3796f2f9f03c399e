using AgentControl.Engine.Access;
using AgentControl.TestKit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

/// <summary>The whole program as it ships, on a database of the test's own.</summary>
internal sealed class ProgramHost : WebApplicationFactory<Program>
{
    private readonly TestDatabase _database;

    private ProgramHost(TestDatabase database) => _database = database;

    public static async Task<ProgramHost> StartAsync(PostgresFixture postgres) =>
        new(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken));

    /// <summary>A client that follows no redirect, with a key of the role; a stranger's without.</summary>
    public async Task<HttpClient> ClientAsync(Role? role)
    {
        var client = CreateClient(new() { AllowAutoRedirect = false });
        if (role is null)
            return client;
        var outcome = await Services
            .GetRequiredService<ApiKeys>()
            .CreateAsync(Caller.System, new NewApiKey($"{role}", role), TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            Assert.IsType<ApiKeyOutcome.Created>(outcome).Secret
        );
        return client;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseStaticWebAssets();
        builder.UseSetting("ConnectionStrings:AgentControl", _database.ConnectionString);
        builder.UseSetting("AgentControl:DataDirectory", Path.Combine(Path.GetTempPath(), "agentcontrol-tests-data"));
    }
}
