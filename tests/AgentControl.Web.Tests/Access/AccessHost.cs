using System.Collections.Concurrent;
using AgentControl.Engine;
using AgentControl.Engine.Access;
using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Web.Tests.Access;

/// <summary>Sign-in, keys and policies over real HTTP and an own database.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    public const string AdminKey = "ac_test-key-of-the-admin-0123456789abcdef";
    private readonly TestDatabase _database;
    private readonly WebApplication _app;
    private readonly LogLines _lines;

    private AccessHost(TestDatabase database, WebApplication app, LogLines lines)
    {
        _database = database;
        _app = app;
        _lines = lines;
    }

    public static async Task<AccessHost> StartAsync(
        PostgresFixture postgres,
        Action<WebApplication>? map = null,
        params (string Key, string Value)[] configuration
    )
    {
        var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "AgentControl.Web",
                EnvironmentName = Environments.Production,
            }
        );
        builder.Configuration.AddInMemoryCollection([
            new("Urls", "http://127.0.0.1:0"),
            .. configuration.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)),
        ]);
        builder.WebHost.UseStaticWebAssets();
        var lines = new LogLines();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.Services.AddDbContextFactory<ControlDbContext>(options => options.UseNpgsql(database.ConnectionString));
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(database.ConnectionString));
        builder.Services.AddQueries();
        builder.Services.AddSingleton<AgentControl.Engine.Live.EventFeed>();
        builder.Services.AddSingleton<AgentControl.Engine.Workspaces.WorkspaceChanges>();
        builder.Services.AddPages();
        // No engine stands behind these pages.
        builder.Services.AddScoped<IUnreadNews, NoUnreadNews>();
        builder.Services.AddScoped<IOwnEnds, NoOwnEnds>();
        builder.Services.AddAccess(builder.Configuration);
        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseAccess();
        app.MapPages();
        app.MapAccess();
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AccessHost(database, app, lines);
    }

    public static Task<AccessHost> StartWithAdminKeyAsync(
        PostgresFixture postgres,
        Action<WebApplication>? map = null
    ) => StartAsync(postgres, map, ("AgentControl:Bootstrap:ApiKey", AdminKey));

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The link that the program printed.</summary>
    public string? SetupLink =>
        _lines.All.Select(line => line.Split(' ')[^1]).LastOrDefault(word => word.Contains("/setup?token="));

    /// <summary>A browser: keeps cookies, follows nothing by itself.</summary>
    public Browser Browser() => new(Address);

    public HttpClient Program(string key)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>A key with the role, made as an admin makes it.</summary>
    public async Task<(Guid Id, string Secret)> KeyAsync(
        Role role,
        string workspace = Caller.Everywhere,
        Guid? owner = null,
        DateTimeOffset? expires = null
    )
    {
        var key = new NewApiKey($"key of the {role}", role)
        {
            Workspace = workspace,
            OwnerId = owner,
            ExpiresAt = expires,
        };
        var outcome = await Services
            .GetRequiredService<ApiKeys>()
            .CreateAsync(Caller.System, key, TestContext.Current.CancellationToken);
        var made = Assert.IsType<ApiKeyOutcome.Created>(outcome);
        return (made.Key.Id, made.Secret);
    }

    public async Task<Guid> PersonAsync(string name, Role? role, string password = "correct horse battery")
    {
        await using var scope = Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var stop = TestContext.Current.CancellationToken;
        var (id, errors) = await people.AddAsync(Caller.System, new(name, $"{name}@example.com", password), stop);
        Assert.Empty(errors);
        if (role is not null)
            await people.GrantAsync(Caller.System, id!.Value, Caller.Everywhere, role, stop);
        return id!.Value;
    }

    public async Task GrantAsync(Guid person, Role? role, string workspace = Caller.Everywhere)
    {
        await using var scope = Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var stop = TestContext.Current.CancellationToken;
        Assert.True(await people.GrantAsync(Caller.System, person, workspace, role, stop));
    }

    /// <summary>As if the second, for which rights are kept, were over.</summary>
    public void Forget() => Services.GetRequiredService<CallerDirectory>().Forget();

    /// <summary>What the next start of the program does.</summary>
    public Task BootstrapAgainAsync() =>
        Services
            .GetServices<IHostedService>()
            .OfType<FirstStart>()
            .Single()
            .StartAsync(TestContext.Current.CancellationToken);

    public async Task<T?> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        var value = await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return value is null or DBNull ? default : (T)value;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue($"{formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}");
    }

    public string Log => string.Join('\n', _lines.All);
}
