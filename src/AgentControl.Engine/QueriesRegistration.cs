using AgentControl.Engine.Approvals;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Metrics;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Steps;
using AgentControl.Engine.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine;

/// <summary>Everything that only reads.</summary>
public static class QueriesRegistration
{
    public static IServiceCollection AddQueries(this IServiceCollection services) =>
        services
            .AddSingleton<JobQueries>()
            .AddSingleton<JobCounts>()
            .AddSingleton<StepQueries>()
            .AddSingleton<EventQueries>()
            .AddSingleton<CheckpointQueries>()
            .AddSingleton<ProgressQueries>()
            .AddSingleton<ApprovalQueries>()
            .AddSingleton<QueueQueries>()
            .AddSingleton<WorkerQueries>()
            .AddSingleton<OverviewQueries>();
}
