using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Schedules;

/// <summary>Schedules over REST: what operators do to them.</summary>
internal static class ScheduleCommandEndpoints
{
    public static void MapScheduleCommands(this IEndpointRouteBuilder routes)
    {
        var schedules = routes
            .MapGroup("/api/v1/schedules/{name}")
            .WithTags("Schedules")
            .RequireAuthorization(Policies.Operator);
        schedules
            .MapPut("/", SaveAsync)
            .WithName("SaveSchedule")
            .WithSummary("Make a schedule, or change it; with a version only that one is changed")
            .Accepts<SaveScheduleRequest>("application/json")
            .Takes();
        schedules
            .MapDelete("/", DeleteAsync)
            .WithName("DeleteSchedule")
            .WithSummary("Delete a schedule and its history; its jobs stay")
            .Takes(("version", "The version that you know; left out: any"));
        schedules
            .MapPost("/run", RunAsync)
            .WithName("RunSchedule")
            .WithSummary("Start its job now; an Idempotency-Key makes it safe to send again")
            .Takes();
        schedules
            .MapPost("/pause", PauseAsync)
            .WithName("PauseSchedule")
            .WithSummary("Let nothing be due until it is resumed")
            .WithMetadata(new BodyOptional())
            .Accepts<PauseScheduleRequest>(isOptional: true, "application/json")
            .Takes();
        schedules
            .MapPost("/resume", ResumeAsync)
            .WithName("ResumeSchedule")
            .WithSummary("Go on with the first due time behind now")
            .Takes();
    }

    private static async Task<Results<Created<ScheduleView>, Ok<ScheduleView>, ProblemHttpResult>> SaveAsync(
        string name,
        JsonBody<SaveScheduleRequest> body,
        HttpContext context,
        ScheduleCommands commands,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        if (JobContracts.Missing(body.Value.JobRequest()) is { } missing)
            return missing;
        var outcome = await commands.SaveAsync(
            name,
            body.Value.Version,
            body.Value.Definition(),
            context.User.RequireCaller(),
            cancellationToken
        );
        if (outcome is not ScheduleOutcome.Saved saved)
            return Refuse(name, outcome);
        if (await schedules.FindAsync(name, cancellationToken) is not { } schedule)
            return SchedulesEndpoints.NotFound(name);
        return saved.IsNew ? TypedResults.Created($"/api/v1/schedules/{name}", schedule) : TypedResults.Ok(schedule);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name,
        HttpContext context,
        ScheduleCommands commands,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var version = query.Number("version", 1, int.MaxValue);
        if (query.Problem is { } problem)
            return problem;
        var caller = context.User.RequireCaller();
        var outcome = await commands.DeleteAsync(name, (int?)version, caller, cancellationToken);
        return outcome is ScheduleOutcome.Done ? TypedResults.NoContent() : Refuse(name, outcome);
    }

    private static async Task<Results<Created<JobView>, Ok<JobView>, ProblemHttpResult>> RunAsync(
        string name,
        HttpContext context,
        ScheduleCommands commands,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        var (key, problem) = Idempotency.Read(context.Request, caller, []);
        if (problem is not null)
            return problem;
        return await commands.RunAsync(name, caller, key, cancellationToken) is { } outcome
            ? await SubmitEndpoints.AnswerAsync(outcome, context, jobs, cancellationToken)
            : SchedulesEndpoints.NotFound(name);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PauseAsync(
        string name,
        JsonBody<PauseScheduleRequest> body,
        HttpContext context,
        ScheduleCommands commands,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        var outcome = await commands.PauseAsync(name, body.Value.Reason, caller, cancellationToken);
        return await AnswerAsync(name, outcome, schedules, cancellationToken);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ResumeAsync(
        string name,
        HttpContext context,
        ScheduleCommands commands,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    )
    {
        var outcome = await commands.ResumeAsync(name, context.User.RequireCaller(), cancellationToken);
        return await AnswerAsync(name, outcome, schedules, cancellationToken);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> AnswerAsync(
        string name,
        ScheduleOutcome outcome,
        ScheduleQueries schedules,
        CancellationToken cancellationToken
    ) =>
        outcome is ScheduleOutcome.Done && await schedules.FindAsync(name, cancellationToken) is { } schedule
            ? TypedResults.Ok(schedule)
            : Refuse(name, outcome);

    private static ProblemHttpResult Refuse(string name, ScheduleOutcome outcome) =>
        outcome switch
        {
            ScheduleOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            ScheduleOutcome.TooLarge large => Problems.TooLarge(large.Field, large.Message),
            ScheduleOutcome.Changed { Version: 0 } => Problems.BadField(
                "version",
                $"There is no schedule '{name}' yet. Leave the version out to make it."
            ),
            ScheduleOutcome.Changed changed => Problems.Conflict(
                "schedule.changed",
                $"Version {changed.Version} of '{name}' is in force. Read it, and change that one.",
                ("version", changed.Version)
            ),
            _ => SchedulesEndpoints.NotFound(name),
        };
}
