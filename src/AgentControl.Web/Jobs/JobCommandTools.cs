using System.ComponentModel;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Mcp;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>A job, and why something is done with it.</summary>
internal sealed record JobCommandArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("Why: kept in the job's log and shown to others.")] string? Reason = null
);

/// <summary>A comment on a job.</summary>
internal sealed record JobCommentArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("Markdown. An @ and a name tells a person or a group.")] string Body,
    [property: Description("The key of the step that it is about.")] string? Step = null,
    [property: Description(ToolKeys.What)] string? IdempotencyKey = null
);

/// <summary>What people do to a job, as tools: the same commands as on pages and over REST.</summary>
internal sealed class JobCommandTools(JobDoor door, JobCommands commands, JobQueries jobs)
{
    private delegate Task<CommandOutcome> Act(
        JobCommands commands,
        Guid id,
        Actor actor,
        string? reason,
        CancellationToken stop
    );

    public static IEnumerable<ServedTool> All { get; } =
    [
        Command(
            "pause_job",
            "Pause a job",
            "Pauses a job. A step that runs ends first; a paused job costs nothing and goes on with resume_job.",
            ToolEffect.Sets,
            (commands, id, actor, reason, stop) => commands.PauseAsync(id, actor, reason, stop)
        ),
        Command(
            "resume_job",
            "Resume a job",
            "Lets a paused job go on, or takes back a pause that has not come yet.",
            ToolEffect.Sets,
            (commands, id, actor, reason, stop) => commands.ResumeAsync(id, actor, reason, stop)
        ),
        Command(
            "cancel_job",
            "Cancel a job",
            "Cancels a job and what it started. Recorded steps stay; retry_job can take it up again.",
            ToolEffect.Ends,
            (commands, id, actor, reason, stop) => commands.CancelAsync(id, actor, reason, stop)
        ),
        Command(
            "retry_job",
            "Retry a job",
            "Takes a failed or cancelled job up again behind its last recorded step.",
            ToolEffect.Sets,
            (commands, id, actor, reason, stop) => commands.RetryAsync(id, actor, reason, stop)
        ),
        ServedTool.Of<JobCommandTools, JobCommentArguments, CommentContract>(
            "comment_on_job",
            "Comment on a job",
            "Writes a comment on a job, for the people who look at it.",
            Role.Operator,
            ToolEffect.Adds,
            (tools, arguments, call) => tools.CommentAsync(arguments, call)
        ),
    ];

    private static ServedTool Command(string name, string title, string description, ToolEffect effect, Act act) =>
        ServedTool.Of<JobCommandTools, JobCommandArguments, JobLine>(
            name,
            title,
            description,
            Role.Operator,
            effect,
            (tools, arguments, call) => tools.ActAsync(arguments, call, act)
        );

    private async Task<Results<Ok<JobLine>, ProblemHttpResult>> ActAsync(
        JobCommandArguments arguments,
        ToolCall call,
        Act act
    )
    {
        if (await door.EnterAsync(arguments.Job, call.User, Role.Operator, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var outcome = await act(commands, job.Id, call.Caller.Actor, arguments.Reason, call.Cancelled);
        if (CommandEndpoints.Problem(outcome, arguments.Job) is { } problem)
            return problem;
        return await jobs.SummaryAsync(job.Id, call.Cancelled) is { } now
            ? TypedResults.Ok(JobLine.Of(now))
            : JobDoor.NotFound(arguments.Job);
    }

    private async Task<Results<Ok<CommentContract>, ProblemHttpResult>> CommentAsync(
        JobCommentArguments arguments,
        ToolCall call
    )
    {
        if (JobCommentsEndpoints.Problem(arguments.Body) is { } wrong)
            return wrong;
        if (await door.EnterAsync(arguments.Job, call.User, Role.Operator, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var (key, problem) = ToolKeys.Read(arguments.IdempotencyKey, "comment_on_job", call.Caller, []);
        if (problem is not null)
            return problem;
        var id = WorkspaceCallers.WriteId(call.Caller, key?.Key, $"comment {job.Id}", call.Get<TimeProvider>());
        var comment = JobCommentsEndpoints.Comment(id, job, call.Caller, arguments.Body, arguments.Step);
        return TypedResults.Ok(
            CommentContract.Of(await call.Get<WorkspaceComments>().AddAsync(comment, call.Cancelled))
        );
    }
}
