using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Web.Tests.Fixtures;

/// <summary>The whole program on a port and a database of its own, for the tests of one class.</summary>
public class ProgramFixture(PostgresFixture postgres) : IAsyncLifetime
{
    public const string AdminKey = "ac_program-tests-0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string folder = Path.Combine(Path.GetTempPath(), "ac-program-" + Guid.NewGuid().ToString("N"));
    private TestDatabase database = null!;
    private WebApplication app = null!;

    /// <summary>Signed in as admin.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public Uri Address => new(app.Urls.Single());

    public IServiceProvider Services => app.Services;

    public string ConnectionString => database.ConnectionString;

    public virtual async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "AgentControl.Web",
                EnvironmentName = Environments.Production,
            }
        );
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["ConnectionStrings:AgentControl"] = database.ConnectionString + ";Maximum Pool Size=40",
                ["AgentControl:DataDirectory"] = folder,
                ["AgentControl:Bootstrap:ApiKey"] = AdminKey,
                ["AgentControl:Agents:Synthetic"] = "true",
            }
        );
        Configure(builder);
        var opened = await builder.AddControlPlaneAsync();
        builder.Logging.ClearProviders();
        app = builder.Build();
        await app.PrepareAsync(opened);
        app.UseControlPlane();
        await app.StartAsync();
        Admin = ClientOf(AdminKey);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Admin.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the tests of a class need beside.</summary>
    protected virtual void Configure(WebApplicationBuilder builder) { }

    /// <summary>A client below <c>/api/v1/</c>; without a key a stranger.</summary>
    public HttpClient ClientOf(string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, "/api/v1/") };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A new key of this role, everywhere or in one workspace.</summary>
    public async Task<string> KeyAsync(Role role, string workspace = Caller.Everywhere)
    {
        var key = new NewApiKey($"{role}", role) { Workspace = workspace };
        return (
            (ApiKeyOutcome.Created)
                await Services.GetRequiredService<ApiKeys>().CreateAsync(Caller.System, key, CancellationToken.None)
        ).Secret;
    }

    public async Task<JsonElement> SubmitAsync(object job)
    {
        using var answer = await Admin.PostAsJsonAsync("jobs", job);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The job as soon as its state is this one; the log's live tail tells when to look.</summary>
    public async Task<JsonElement> WaitForAsync(string id, string state)
    {
        using var end = new CancellationTokenSource(Patience);
        await using var tail = await EventStream.OpenAsync(Admin, id, 0, end.Token);
        while (true)
        {
            var job = await Admin.GetFromJsonAsync<JsonElement>($"jobs/{id}", end.Token);
            if (job.Text("state") == state)
                return job;
            await tail.NextAsync(end.Token);
        }
    }
}
