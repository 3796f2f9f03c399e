using AgentControl.Core.Agents;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Children;
using AgentControl.Engine.Control;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Engine.Jobs.Views;
using AgentControl.Engine.LanguageModels;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Mcp;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Services;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Telemetry;
using AgentControl.Engine.Waits;
using AgentControl.Engine.Workers;
using AgentControl.Engine.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>Puts the engine together.</summary>
public static class EngineRegistration
{
    /// <param name="configuration">With <c>ConnectionStrings:AgentControl</c> set.</param>
    public static IServiceCollection AddEngine(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(EngineOptions.Section).Get<EngineOptions>() ?? new EngineOptions();
        var problems = options.Problems().ToArray();
        if (problems.Length > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
        services.AddSingleton(options);
        services.AddOptions<QueueOptions>().Configure(o => ReadQueues(configuration, o));
        services.TryAddSingleton(TimeProvider.System);
        services.AddDatabase(configuration);
        services.AddSingleton(_ => WorkerIdentity.Of(options));
        services.AddSingleton<EventFeed>();
        services.TryAddSingleton<StepOutputs>();
        services.TryAddSingleton<ServiceChanges>();
        services.TryAddSingleton<McpServerChanges>();
        services.TryAddSingleton<AuditChanges>();
        services.TryAddSingleton<ScheduleChanges>();
        services.TryAddSingleton<NotificationChanges>();
        services.TryAddSingleton<FailureChanges>();
        services.TryAddSingleton<FailureQueries>();
        services.AddSingleton<FailureSignals>();
        services.AddSingleton(AgentBudgets.Read(configuration));
        services.AddSingleton(AnomalySettings.Read(configuration));
        services.AddSingleton<StepHistory>();
        services.AddSingleton<AgentCatalog>();
        services.AddSingleton<IAgents>(s => s.GetRequiredService<AgentCatalog>());
        services.AddSingleton(ServicePolicies.Read(configuration));
        services.AddLanguageModels(configuration);
        services.AddTelemetryParts(configuration, options.RunsJobs);
        services.AddSingleton<ServiceCalls>();
        services.AddSingleton<CircuitStore>();
        services.AddSingleton<Circuits>();
        services.AddSingleton(s => new ServiceCommands(s.GetRequiredService<Circuits>()));
        services.AddSingleton(s => new McpPins(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<ControlSender>(),
            s.GetRequiredService<McpServerChanges>()
        ));
        services.AddCommands();
        services.AddNotifications(configuration);
        services.AddHangfireParts(options);
        services.AddProcessSignals(options);
        services.AddHostedService(s => s.GetRequiredService<RunningAttempts>());
        services.AddHostedService(s => s.GetRequiredService<HangfireDispatcher>());
        if (options.RunsJobs)
            services.AddWorkerParts();
        services.AddHostedService<WorkerHeartbeat>();
        services.AddHostedService<EngineHost>();
        return services;
    }

    private static void AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(provider =>
        {
            var builder = new NpgsqlDataSourceBuilder(configuration.GetConnectionString("AgentControl"))
            {
                Name = "agentcontrol",
            };
            builder.UseLoggerFactory(provider.GetService<ILoggerFactory>());
            builder.ConnectionStringBuilder.ApplicationName ??= "AgentControl";
            return builder.WithOwnTypesOnly().Build();
        });
        services.AddSingleton(provider =>
            EnginePool.Of(
                configuration.GetConnectionString("AgentControl")!,
                builder => builder.UseLoggerFactory(provider.GetService<ILoggerFactory>())
            )
        );
        services.AddDbContextFactory<ControlDbContext>(
            (provider, o) => o.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
        );
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<InvariantCheck>();
    }

    private static void AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<ResumeSignal>();
        services.AddSingleton<ParentSignal>();
        services.AddSingleton<Stopping>();
        services.AddSingleton<LocalWakes>();
        services.AddSingleton<Bells>();
        services.AddSingleton<RunningAttempts>();
        services.AddSingleton<Writers>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<TimerWaker>();
        services.AddSingleton<WaitStore>();
        services.AddSingleton<ChildSpawner>();
        services.AddSingleton<Handovers>();
        services.AddSingleton<Stash>();
        services.AddSingleton<BudgetStore>();
        services.AddSingleton<WorkspaceStores>();
        services.AddSingleton<AttemptParts>();
        services.AddSingleton<AttemptFactory>();
        services.AddSingleton<AttemptAftermath>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<LaneLeaser>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<QueueChanges>();
        services.AddSingleton<QueueHold>();
        services.AddSingleton<QueueGates>();
        services.AddSingleton<CheckpointCommands>();
        services.AddSingleton<IVirtualFiles, JobFiles>();
        services.AddSingleton(s => new JobCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<AgentCatalog>(),
            s.GetRequiredService<EventFeed>(),
            s.GetRequiredService<Bells>(),
            s.GetRequiredService<NotificationChannels>()
        ));
        services.AddSingleton(s => new SignalCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<EventFeed>(),
            s.GetRequiredService<Bells>()
        ));
        services.AddSingleton(s => new ApprovalCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<EventFeed>(),
            s.GetRequiredService<Bells>(),
            s.GetRequiredService<TimerWaker>()
        ));
        services.AddSingleton<ApprovalReassignment>();
        services.AddSingleton<ApprovalUndo>();
        services.AddSingleton<ApprovalInquiry>();
        services.AddSingleton<ApprovalSnoozes>();
        services.AddSingleton<ApprovalPolicies>();
        services.AddSingleton<JobViews>();
        services.AddSingleton<JobStandingQueries>();
        services.AddSingleton<BulkQueries>();
        services.AddSingleton<BulkRunner>();
        services.AddSingleton(s => new BulkCommands(
            s.GetRequiredService<IDbContextFactory<ControlDbContext>>(),
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<BulkQueries>(),
            s.GetRequiredService<BulkRunner>(),
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(s => new FailureCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<FailureQueries>(),
            s.GetRequiredService<FailureSignals>(),
            s.GetRequiredService<BulkCommands>()
        ));
        services.AddSingleton<StandingRules>();
        services.AddSingleton<ScheduleSignals>();
        services.AddSingleton(s => new ScheduleCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<AgentCatalog>(),
            s.GetRequiredService<JobCommands>(),
            s.GetRequiredService<ScheduleSignals>()
        ));
        services.AddSingleton(s => new WorkerCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<QueueGates>(),
            s.GetRequiredService<ControlSender>()
        ));
        services.AddSingleton(s => new QueueSettings(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<QueueGates>(),
            s.GetRequiredService<ControlSender>()
        ));
    }

    /// <summary>First of all, so that they end last: what is decided while the process stops is still told.</summary>
    private static void AddProcessSignals(this IServiceCollection services, EngineOptions options)
    {
        services.AddSingleton<ControlSender>();
        services.AddHostedService(s => s.GetRequiredService<ControlSender>());
        services.AddSingleton<QueueRefresher>();
        services.AddSingleton<DefinitionLoader>();
        services.AddSingleton(s => new DefinitionCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<AgentCatalog>(),
            s.GetRequiredService<IDefinedAgents>(),
            s.GetRequiredService<DefinitionLoader>(),
            s.GetRequiredService<ControlSender>()
        ));
        services.AddSingleton<ControlHearing>();
        services.AddSingleton<StepOutputSignals>();
        services.AddSingleton(s => new PostgresSignals(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<EventFeed>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<PostgresSignals>>(),
            s.GetRequiredService<ControlHearing>(),
            s.GetRequiredService<StepOutputSignals>(),
            s.GetRequiredService<AuditChanges>(),
            watches: options.Role != "worker"
        ));
        services.AddHostedService(s => s.GetRequiredService<PostgresSignals>());
        services.AddHostedService(s => s.GetRequiredService<StepOutputSignals>());
        services.AddHostedService(s => s.GetRequiredService<DefinitionLoader>());
        services.AddHostedService(s => s.GetRequiredService<QueueRefresher>());
    }

    private static void AddWorkerParts(this IServiceCollection services)
    {
        services.AddSingleton<ChildDrain>();
        services.AddHostedService(s => s.GetRequiredService<ChildDrain>());
        services.AddHostedService(s => s.GetRequiredService<TimerWaker>());
        services.AddHostedService(s => s.GetRequiredService<BulkRunner>());
        services.AddSingleton<LeaseSweeper>();
        services.AddHostedService(s => s.GetRequiredService<LeaseSweeper>());
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<ScheduleEnqueuer>();
        services.AddHostedService(s => s.GetRequiredService<ScheduleEnqueuer>());
        services.AddSingleton<FailureScan>();
        services.AddSingleton<FailureSorter>();
        services.AddHostedService(s => s.GetRequiredService<FailureSorter>());
        services.AddSingleton<NotificationCourier>();
        services.AddHostedService(s => s.GetRequiredService<NotificationCourier>());
        services.AddSingleton<PartitionKeeper>();
        services.AddHostedService(s => s.GetRequiredService<PartitionKeeper>());
    }

    private static void ReadQueues(IConfiguration configuration, QueueOptions options)
    {
        foreach (var queue in configuration.GetSection(QueueOptions.Section).GetChildren())
        {
            if (!QueueNames.IsValid(queue.Key))
                throw new InvalidOperationException(
                    $"{queue.Path}: use a-z, 0-9, '-' and '_' for the name of a queue."
                );
            if (
                !int.TryParse(queue.Value, System.Globalization.CultureInfo.InvariantCulture, out var workers)
                || workers is < 0 or > QueueOptions.MaxWorkers
            )
                throw new InvalidOperationException(
                    $"{queue.Path} is '{queue.Value}'. Use 0 to {QueueOptions.MaxWorkers} workers."
                );
            options.Workers[queue.Key] = workers;
        }
    }
}
