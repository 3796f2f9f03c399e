using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Schedules;

/// <summary>Schedules over REST: what one can read.</summary>
internal static class SchedulesEndpoints
{
    private static readonly string[] _switches = ["true", "false"];

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        var schedules = routes
            .MapGroup("/api/v1/schedules")
            .WithTags("Schedules")
            .RequireAuthorization(Policies.Viewer);
        schedules
            .MapGet("/", ListAsync)
            .WithName("ListSchedules")
            .WithSummary("Schedules by name, each with its next due time and its newest ten runs")
            .TakesPages(
                ("agent", "The agent's name"),
                ("workspace", "The workspace's name"),
                ("paused", "true or false")
            );
        schedules
            .MapGet("/preview", Preview)
            .WithName("PreviewSchedule")
            .WithSummary("What a rule means: in words, and its next five due times")
            .Takes(
                ("cron", "Five fields, six with the second in front, or a macro such as @daily"),
                ("timeZone", "An IANA name such as Europe/Berlin, or UTC"),
                ("startAt", "An instant; nothing is due before it"),
                ("endAt", "An instant; nothing is due behind it")
            );
        schedules
            .MapGet("/{name}", FindAsync)
            .WithName("GetSchedule")
            .WithSummary("One schedule with its input and its next five due times")
            .Takes();
        schedules
            .MapGet("/{name}/runs", RunsAsync)
            .WithName("ListScheduleRuns")
            .WithSummary("What became of its due times, newest first")
            .TakesPages();
    }

    private static async Task<Results<Ok<Page<ScheduleSummary>>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var paused = query.Word("paused", _switches);
        var filter = new ScheduleFilter
        {
            Agent = query.Text("agent"),
            Workspace = query.Text("workspace"),
            Paused = paused is null ? null : paused == "true",
            Visible = user.RequireCaller().Workspaces,
        };
        var (cursor, limit) = (query.PageCursor(ScheduleQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await schedules.ListAsync(filter, cursor, limit, cancellationToken));
    }

    private static Results<Ok<SchedulePreview>, ProblemHttpResult> Preview(HttpRequest request, TimeProvider time)
    {
        var query = new QueryReader(request);
        var preview = ScheduleQueries.Preview(
            query.Text("cron"),
            query.Text("timeZone"),
            query.Instant("startAt"),
            query.Instant("endAt"),
            time.GetUtcNow(),
            (field, why) => query.Refuse(field, why)
        );
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(preview!);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> FindAsync(
        string name,
        ClaimsPrincipal user,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        if (await schedules.FindAsync(name, cancellationToken) is not { } schedule)
            return NotFound(name);
        user.RequireCaller().Require(Role.Viewer, schedule.Workspace);
        return TypedResults.Ok(schedule);
    }

    private static async Task<Results<Ok<Page<ScheduleRunView>>, ProblemHttpResult>> RunsAsync(
        string name,
        HttpRequest request,
        ClaimsPrincipal user,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        if (await schedules.FindAsync(name, cancellationToken) is not { } schedule)
            return NotFound(name);
        user.RequireCaller().Require(Role.Viewer, schedule.Workspace);
        var query = new QueryReader(request);
        var (cursor, limit) = (query.PageCursor(ScheduleQueries.IsRunCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await schedules.RunsAsync(name, cursor, limit, cancellationToken));
    }

    public static ProblemHttpResult NotFound(string name) => Problems.NotFound($"schedule {name}");
}
