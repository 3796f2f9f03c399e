using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Agents;
using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Npgsql;

namespace AgentControl.Web.Tests.Pages;

/// <summary>The pages of jobs and approvals over a real database, as a person with a role. Commands are the engine's own; nothing runs jobs.</summary>
internal sealed class PageBundle : BunitContext, ICallerAccessor
{
    private readonly TestDatabase database;
    private readonly NpgsqlDataSource data;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "ac-pages-" + Guid.NewGuid().ToString("N"));

    private PageBundle(TestDatabase database, Dictionary<string, string?> settings)
    {
        this.database = database;
        data = NpgsqlDataSource.Create(database.ConnectionString);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("ConnectionStrings:AgentControl", database.ConnectionString),
                new("AgentControl:DataDirectory", folder),
                .. settings,
            ])
            .Build();
        JSInterop.Mode = JSRuntimeMode.Loose;
        this.AddBunitPersistentComponentState();
        this.AddAuthorization().SetAuthorized("Ana");
        Services.AddMudServices();
        Services.AddSingleton<IConfiguration>(configuration);
        Services.AddSingleton(TimeProvider.System);
        Services.AddEngine(configuration);
        Services.AddWorkspaces(configuration);
        Services.AddQueries();
        Services.AddSingleton(AgentDefinition.Of<EchoAgent, EchoInput, string>(_ => new EchoAgent()));
        Services.AddSingleton<CallerDirectory>();
        Services.AddSingleton<Profiles>();
        Services.AddSingleton<AssistantMaker>();
        Services.AddSingleton<IDefinedAgents>(s => s.GetRequiredService<AssistantMaker>());
        Services.AddWorkspacePages();
        Services.AddJobPages();
        Services.AddSingleton<ICallerAccessor>(this);
        Services.AddSingleton<ILiveFeed>(Feed);
        Services.AddSingleton<Microsoft.AspNetCore.Hosting.IWebHostEnvironment>(new NoFiles());
        Services.AddScoped<UiPulse>();
        Services.AddScoped<Announcer>();
        Services.AddScoped<Notices>();
    }

    public LocalLiveFeed Feed { get; } = new();

    public Role Role { get; set; } = Engine.Access.Role.Admin;

    /// <summary>The one workspace in which the person has the role; null for all.</summary>
    public string? OnlyIn { get; set; }

    /// <summary>Who the person is among those who are stored; null for one who is not.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>The person, or the key, is no longer known.</summary>
    public bool IsGone { get; set; }

    public Caller Caller =>
        new(CallerKind.Person, Guid.Empty, "Ana")
        {
            PersonId = PersonId,
            Roles = OnlyIn is { } one ? new Dictionary<string, Role> { [one] = Role } : Caller.Global(Role),
        };

    public static async Task<PageBundle> CreateAsync(
        PostgresFixture fixture,
        Dictionary<string, string?>? settings = null
    ) => new(await fixture.CreateDatabaseAsync(Xunit.TestContext.Current.CancellationToken), settings ?? []);

    public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<Caller?>(IsGone ? null : Caller);

    public async Task<Guid> SubmitAsync(string name)
    {
        var submission = new JobSubmission
        {
            Agent = EchoAgent.Name,
            Name = name,
            Input = JsonSerializer.SerializeToElement(new { text = "hello" }),
        };
        var outcome = await Services
            .GetRequiredService<JobCommands>()
            .SubmitAsync(submission, Caller.Actor, null, CancellationToken.None);
        return Assert.IsType<SubmitOutcome.Accepted>(outcome).Id;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = data.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = data.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Puts the job onto a worker, as a lease does.</summary>
    public Task RunAsync(Guid job, long completed = 0, long total = 0) =>
        ExecuteAsync(
            "UPDATE job_runs SET state = 'running', worker = 'w-1', lease_until = now() + interval '1 hour', started_at = now(), leased_at = now(), progress_completed = $2, progress_total = $3 WHERE job_id = $1",
            job,
            completed,
            total
        );

    public async Task<Guid> AskAsync(Guid job, string title, string content = "line 1\nline 2")
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO approvals (id, job_id, key, generation, workspace, kind, title, body, content, content_type, sha256, revision, decisions, required, approvers, requested_at, on_expire, on_reject, state)
            VALUES ($1, $2, 'approval#1', 0, 'default', 'approval', $3, 'Over the limit.', convert_to($4, 'UTF8'), 'text/plain', sha256(convert_to($4, 'UTF8')), 1, ARRAY['approve','reject','edit'], 1, '{}', now(), 'reject', 'return', 'pending')
            """,
            id,
            job,
            title,
            content
        );
        // Only a running job can park.
        await ExecuteAsync(
            "UPDATE job_runs SET state = 'running', lease_until = now() WHERE job_id = $1 AND state = 'queued'",
            job
        );
        await ExecuteAsync(
            "UPDATE job_runs SET state = 'waiting', lease_until = NULL, waiting_kind = 'approval', waiting_since = now(), waiting_approval = $2, waiting_detail = $3 WHERE job_id = $1",
            job,
            id,
            title
        );
        return id;
    }

    /// <summary>Holds every reader of jobs until it is disposed.</summary>
    public async Task<IAsyncDisposable> HoldAsync(string table)
    {
        var connection = await data.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Makes each read of a table fail, as an outage does; <see cref="MendAsync"/> ends it.</summary>
    public Task BreakAsync(string table) => ExecuteAsync($"ALTER TABLE {table} RENAME TO {table}_away");

    public Task MendAsync(string table) => ExecuteAsync($"ALTER TABLE {table}_away RENAME TO {table}");

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await data.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
