using AgentControl.Engine.Dispatch;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>Hangfire's storage and servers, owned by us so that they can be started, enlarged and drained.</summary>
internal static class HangfireRegistration
{
    /// <summary>Connections of Hangfire's own pool. Its hands poll and do not hold: many share a few, and a process opens a few at its start.</summary>
    private const int PoolSize = 4;

    public static void AddHangfireParts(this IServiceCollection services, EngineOptions options)
    {
        services.AddSingleton(new ResumeLaneOptions(options.ResumeWorkers, TimeSpan.FromSeconds(10)));
        services.AddSingleton(
            new PostgreSqlStorageOptions
            {
                SchemaName = "hangfire",
                PrepareSchemaIfNecessary = true,
                QueuePollInterval = HandPace.BesideOthers,
                UseSlidingInvisibilityTimeout = true,
                InvisibilityTimeout = TimeSpan.FromSeconds(30),
                DistributedLockTimeout = TimeSpan.FromMinutes(1),
                StartupConnectionMaxRetries = 0,
                AllowDegradedModeWithoutStorage = false,
                EnableLongPolling = false,
            }
        );
        services.AddSingleton<HandPace>();
        services.AddSingleton<JobStorage>(provider =>
        {
            var text = provider.GetRequiredService<IConfiguration>().GetConnectionString("AgentControl");
            var own = new NpgsqlConnectionStringBuilder(text)
            {
                ApplicationName = "AgentControl.Hangfire",
                MaxPoolSize = PoolSize,
                Enlist = false,
                // Its few statements come again and again and leave nothing behind: most of what a process does while it idles.
                NoResetOnClose = true,
                MaxAutoPrepare = 50,
                AutoPrepareMinUsages = 2,
            };
            return new PostgreSqlStorage(
                new HangfireConnections(own.ConnectionString),
                provider.GetRequiredService<PostgreSqlStorageOptions>()
            );
        });
        services.AddSingleton<IBackgroundJobClientV2>(provider => new BackgroundJobClient(
            provider.GetRequiredService<JobStorage>()
        ));
        services.AddSingleton<JobActivator>(provider => new Hangfire.AspNetCore.AspNetCoreJobActivator(
            provider.GetRequiredService<IServiceScopeFactory>()
        ));
        services.AddSingleton<LaneHands>();
        services.AddSingleton<HangfireDispatcher>();
        services.AddSingleton<HangfireServers>();
        services.AddTransient<JobDoorbell>();
        services.AddTransient<ResumeLane>();
    }

    /// <summary>Connections from a pool of Hangfire's own.</summary>
    private sealed class HangfireConnections(string connectionString) : IConnectionFactory
    {
        private readonly NpgsqlDataSource pool = new NpgsqlDataSourceBuilder(connectionString)
            .WithOwnTypesOnly()
            .Build();

        public NpgsqlConnection GetOrCreateConnection() => pool.CreateConnection();
    }
}
