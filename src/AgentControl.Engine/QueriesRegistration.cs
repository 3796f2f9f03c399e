using AgentControl.Engine.Agents;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Events;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Metrics;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Services;
using AgentControl.Engine.Steps;
using AgentControl.Engine.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentControl.Engine;

/// <summary>Everything that only reads.</summary>
public static class QueriesRegistration
{
    public static IServiceCollection AddQueries(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton<JobQueries>();
        services.TryAddSingleton<JobCounts>();
        services.TryAddSingleton<StepQueries>();
        services.TryAddSingleton<StepCompareQueries>();
        services.TryAddSingleton<EventQueries>();
        services.TryAddSingleton<AnomalyQueries>();
        services.TryAddSingleton<CheckpointQueries>();
        services.TryAddSingleton<ProgressQueries>();
        services.TryAddSingleton<ApprovalQueries>();
        services.TryAddSingleton<QueueQueries>();
        services.TryAddSingleton(s => ServicePolicies.Read(s.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton<ServiceQueries>();
        services.TryAddSingleton<WorkerQueries>();
        services.TryAddSingleton<OverviewQueries>();
        services.TryAddSingleton<WallQueries>();
        services.TryAddSingleton<MetricQueries>();
        services.TryAddSingleton<MetricRunQueries>();
        services.TryAddSingleton<AgentQueries>();
        services.TryAddSingleton<FailureQueries>();
        services.TryAddSingleton<ScheduleQueries>();
        services.TryAddSingleton<BudgetStore>();
        services.TryAddSingleton(s => new BudgetQueries(s.GetRequiredService<BudgetStore>()));
        return services;
    }
}
