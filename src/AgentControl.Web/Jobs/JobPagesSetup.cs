using AgentControl.Engine.Steps;
using AgentControl.Web.Agents;
using AgentControl.Web.Approvals;
using AgentControl.Web.Failures;
using AgentControl.Web.Jobs.Acting;
using AgentControl.Web.Jobs.Compare;
using AgentControl.Web.Jobs.Detail;
using AgentControl.Web.Jobs.List;
using AgentControl.Web.Jobs.New;
using AgentControl.Web.Jobs.Tail;
using AgentControl.Web.Jobs.Timeline;
using AgentControl.Web.Notifications;
using AgentControl.Web.Overview;
using AgentControl.Web.Queues;
using AgentControl.Web.Schedules;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Jobs;

/// <summary>What the pages of jobs, agents and schedules read and do by.</summary>
internal static class JobPagesSetup
{
    public static IServiceCollection AddJobPages(this IServiceCollection services) =>
        services
            .AddSingleton<StepOutlineQueries>()
            .AddScoped<JobsReader>()
            .AddScoped<IGoToSource, JobGoToSource>()
            .AddScoped<JobHeaderReader>()
            .AddScoped<CompareReader>()
            .AddScoped<TimelineReader>()
            .AddScoped<TailReader>()
            .AddScoped<JobQuestions>()
            .AddScoped<JobActor>()
            .AddScoped<JobStarter>()
            .AddScoped<ApprovalDesk>()
            .AddScoped<ApprovalActs>()
            .AddScoped<INavCounts, ApprovalNavCounts>()
            .AddScoped<IHoldSource, HoldSource>()
            .AddScoped<IOwnEnds, OwnJobEnds>()
            .AddScoped<IUnreadNews, FeedUnread>()
            .AddScoped<OverviewReader>()
            .AddScoped<FailureDesk>()
            .AddScoped<SampleJob>()
            .AddScoped<RetiredAssistants>()
            .AddScoped<ScheduleDesk>();
}
