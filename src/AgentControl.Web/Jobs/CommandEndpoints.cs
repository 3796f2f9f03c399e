using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>What people do to a job: 202 and the job, or 409 and nothing changed.</summary>
internal static class CommandEndpoints
{
    private delegate Task<CommandOutcome> Act(
        JobCommands commands,
        Guid id,
        Actor actor,
        string? reason,
        CancellationToken cancellationToken
    );

    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        var job = routes.MapGroup("/api/v1/jobs/{id}").WithTags("Jobs").RequireAuthorization(Policies.Operator);
        job.Command(
            "pause",
            "PauseJob",
            "Pause; a running step ends first",
            (c, id, actor, why, ct) => c.PauseAsync(id, actor, why, ct)
        );
        job.Command(
            "resume",
            "ResumeJob",
            "Let it go on, or withdraw a pause request",
            (c, id, actor, why, ct) => c.ResumeAsync(id, actor, why, ct)
        );
        job.Command("cancel", "CancelJob", "Cancel", (c, id, actor, why, ct) => c.CancelAsync(id, actor, why, ct));
        job.Command(
            "retry",
            "RetryJob",
            "Go on behind the last recorded step",
            (c, id, actor, why, ct) => c.RetryAsync(id, actor, why, ct)
        );
        job.Command(
            "run-now",
            "RunJobNow",
            "Start a scheduled job now",
            (c, id, actor, _, ct) => c.RunNowAsync(id, actor, ct)
        );
        job.Command(
            "retry-now",
            "RetryJobNow",
            "End a back-off now",
            (c, id, actor, _, ct) => c.RetryNowAsync(id, actor, ct)
        );
        job.Command(
            "skip-wait",
            "SkipWait",
            "End a timer now (admin)",
            (c, id, actor, _, ct) => c.SkipWaitAsync(id, actor, ct),
            Role.Admin
        );
        job.Command(
            "force-stop",
            "ForceStopJob",
            "Give up a step that does not stop",
            (c, id, actor, why, ct) => c.ForceStopAsync(id, actor, why, ct)
        );
        job.MapPatch("/", EditAsync)
            .WithName("EditJob")
            .WithSummary("Change name, priority, tags or start; what is left out stays")
            .Accepts<EditJobRequest>("application/json");
        job.MapPost("/fork", ForkAsync)
            .WithName("ForkJob")
            .WithSummary("A new job whose journal is a copy up to and without a step")
            .Accepts<ForkJobRequest>(isOptional: true, "application/json")
            .WithMetadata(new BodyOptional());
    }

    private static void Command(
        this RouteGroupBuilder job,
        string path,
        string name,
        string summary,
        Act command,
        Role least = Role.Operator
    ) =>
        job.MapPost(
                path,
                (
                    string id,
                    JsonBody<CommandRequest> body,
                    HttpContext context,
                    JobDoor door,
                    JobCommands commands,
                    JobQueries jobs,
                    CancellationToken cancellationToken
                ) =>
                    ActAsync(
                        id,
                        least,
                        context,
                        door,
                        jobs,
                        (job, actor) => command(commands, job.Id, actor, body.Value.Reason, cancellationToken),
                        cancellationToken
                    )
            )
            .WithName(name)
            .WithSummary(summary)
            .Accepts<CommandRequest>(isOptional: true, "application/json")
            .WithMetadata(new BodyOptional());

    private static Task<Results<Accepted<JobView>, ProblemHttpResult>> EditAsync(
        string id,
        JsonBody<EditJobRequest> body,
        HttpContext context,
        JobDoor door,
        JobCommands commands,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        var edit = body.Value;
        return ActAsync(
            id,
            Role.Operator,
            context,
            door,
            jobs,
            (job, actor) =>
                commands.EditAsync(job.Id, edit.Name, edit.Priority, edit.Tags, edit.RunAt, actor, cancellationToken),
            cancellationToken
        );
    }

    private static async Task<Results<Created<JobView>, Ok<JobView>, ProblemHttpResult>> ForkAsync(
        string id,
        JsonBody<ForkJobRequest> body,
        HttpContext context,
        JobDoor door,
        JobCommands commands,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        if (await door.EnterAsync(id, context.User, Role.Operator, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var actor = context.User.RequireCaller().Actor;
        return
            await commands.ForkAsync(job.Id, body.Value.FromStep, body.Value.Input, actor, cancellationToken)
                is { } outcome
            ? await SubmitEndpoints.AnswerAsync(outcome, context, jobs, cancellationToken)
            : JobDoor.NotFound(id);
    }

    private static async Task<Results<Accepted<JobView>, ProblemHttpResult>> ActAsync(
        string id,
        Role least,
        HttpContext context,
        JobDoor door,
        JobQueries jobs,
        Func<JobRef, Actor, Task<CommandOutcome>> act,
        CancellationToken cancellationToken
    )
    {
        if (await door.EnterAsync(id, context.User, least, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var outcome = await act(job, context.User.RequireCaller().Actor);
        if (Problem(outcome, id) is { } problem)
            return problem;
        return await jobs.FindAsync(job.Id, cancellationToken) is { } now
            ? TypedResults.Accepted($"/api/v1/jobs/{job.Id}", now)
            : JobDoor.NotFound(id);
    }

    /// <summary>Why a command was not carried out; null where it was, or where it was so already.</summary>
    public static ProblemHttpResult? Problem(CommandOutcome outcome, string id) =>
        outcome.Result switch
        {
            CommandResult.Accepted => null,
            CommandResult.Invalid => Problems.BadFields(outcome.Errors),
            CommandResult.Refused => Problems.Conflict(
                "job.refused",
                outcome.Reason ?? "The job's state does not allow it."
            ),
            _ => JobDoor.NotFound(id),
        };
}
