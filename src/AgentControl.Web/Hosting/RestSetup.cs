using AgentControl.Engine;
using AgentControl.Web.Access;
using AgentControl.Web.Agents;
using AgentControl.Web.Approvals;
using AgentControl.Web.Approvals.Rules;
using AgentControl.Web.Checkpoints;
using AgentControl.Web.Events;
using AgentControl.Web.Failures;
using AgentControl.Web.Jobs;
using AgentControl.Web.Jobs.Views;
using AgentControl.Web.Live;
using AgentControl.Web.Metrics;
using AgentControl.Web.Notes;
using AgentControl.Web.Notifications;
using AgentControl.Web.Queues;
using AgentControl.Web.Schedules;
using AgentControl.Web.Services;
using AgentControl.Web.Signals;
using AgentControl.Web.Steps;
using AgentControl.Web.Workers;
using Microsoft.AspNetCore.Diagnostics;

namespace AgentControl.Web.Hosting;

/// <summary>The API: how it reads, answers and describes itself, and its routes.</summary>
internal static class RestSetup
{
    public static IServiceCollection AddRest(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Apply(options.SerializerOptions));
        services.AddProblemDetails();
        services.AddSingleton<ExceptionProblems>();
        services.AddExceptionHandler<ProblemMapping>();
        services.AddQueries();
        services.AddApiDescription();
        services.AddHealth();
        services.AddSingleton<JobDoor>();
        services.AddSingleton<NoteDoor>();
        services.AddLive();
        return services;
    }

    /// <summary>Before access and every route.</summary>
    public static void UseRest(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(
            (context, next) =>
            {
                if (!IsPageVisit(context))
                    context.Features.Get<IStatusCodePagesFeature>()!.Enabled = false;
                return next(context);
            }
        );
        app.UseExceptionHandler();
        app.UseStatusCodePages(ProblemMapping.AnswerStatusAsync);
        app.UseMiddleware<TextDoor>();
    }

    /// <summary>A person opens an address, as no script, style sheet or program does.</summary>
    private static bool IsPageVisit(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !AccessProblems.IsForPrograms(context);

    public static void MapRest(this IEndpointRouteBuilder routes)
    {
        routes.MapApiDescription();
        routes.MapHealth();
        routes.MapLive();
        routes.MapJobs();
        routes.MapSubmit();
        routes.MapCommands();
        routes.MapBulk();
        routes.MapFailures();
        routes.MapJobViews();
        routes.MapJobComments();
        routes.MapSteps();
        routes.MapEvents();
        routes.MapCheckpoints();
        routes.MapSaveCheckpoint();
        routes.MapSignals();
        routes.MapApprovals();
        routes.MapDecide();
        routes.MapApprovalActs();
        routes.MapPolicies();
        routes.MapAgents();
        routes.MapDefinitions();
        routes.MapNotes();
        routes.MapSchedules();
        routes.MapScheduleCommands();
        routes.MapNotifications();
        routes.MapNotificationRules();
        routes.MapDigest();
        routes.MapSlack();
        routes.MapQueues();
        routes.MapQueueSettings();
        routes.MapHold();
        routes.MapServices();
        routes.MapMetrics();
        routes.MapMcpServers();
        routes.MapWorkers();
    }
}
