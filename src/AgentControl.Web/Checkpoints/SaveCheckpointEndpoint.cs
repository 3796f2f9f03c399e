using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Checkpoints;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Checkpoints;

/// <summary>Saving a checkpoint from outside of the job's own code.</summary>
internal static class SaveCheckpointEndpoint
{
    private const int MaxBytes = 1_048_576;

    public static void MapSaveCheckpoint(this IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/api/v1/jobs/{id}/checkpoints/{**key}", SaveAsync)
            .WithTags("Checkpoints")
            .RequireAuthorization(Policies.Operator)
            .WithName("SaveCheckpoint")
            .WithSummary("Save a value, any JSON up to 1 MiB; each save is a new version")
            .Accepts<JsonElement>("application/json")
            .WithMetadata(new BodyLimit(MaxBytes, "value"));

    private static async Task<Results<Ok<CheckpointView>, ProblemHttpResult>> SaveAsync(
        string id,
        string key,
        JsonBody<JsonElement> body,
        HttpContext context,
        JobDoor door,
        CheckpointCommands commands,
        CheckpointQueries checkpoints,
        CancellationToken cancellationToken
    )
    {
        if (await door.EnterAsync(id, context.User, Role.Operator, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var actor = context.User.RequireCaller().Actor;
        return await commands.SaveAsync(job.Id, key, body.Value, actor, cancellationToken) switch
        {
            CheckpointOutcome.Saved
                when await checkpoints.FindAsync(job.Id, key, null, cancellationToken) is { } saved => TypedResults.Ok(
                saved.Checkpoint
            ),
            CheckpointOutcome.TooLarge => Problems.TooLarge(
                "value",
                "A checkpoint has at most 1 MiB. Put larger values into a file of the workspace."
            ),
            CheckpointOutcome.BadKey => Problems.BadField("key", "A checkpoint's key has 1 to 200 characters."),
            _ => JobDoor.NotFound(id),
        };
    }
}
