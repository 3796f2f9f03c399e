using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Checkpoints;

internal sealed record ListCheckpointsArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("Only versions of this value.")] string? Key = null,
    [property: Description("How many versions."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

internal sealed record CheckpointArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("The value's key, as list_checkpoints tells it.")] string Key,
    [property: Description("An older version's number."), Range(1, int.MaxValue)] int? Version = null,
    [property: Description("Where the piece of a long value begins, in bytes."), Range(0, 1_048_576)] int Offset = 0,
    [property: Description("How many bytes of it."), Range(1, TextPiece.Most)] int Length = TextPiece.Usual
);

/// <summary>A saved value, or a piece of it.</summary>
/// <param name="Value">The whole value, where it fits.</param>
/// <param name="Text">A piece of its JSON, where it does not.</param>
internal sealed record CheckpointAnswer(
    CheckpointView Checkpoint,
    RawJson? Value,
    string? Text,
    long Offset,
    long? NextOffset,
    string? Note
);

/// <summary>Stashed values as tools.</summary>
internal sealed class CheckpointTools(JobDoor door, CheckpointQueries checkpoints)
{
    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<CheckpointTools, ListCheckpointsArguments, Page<CheckpointView>>(
            "list_checkpoints",
            "List a job's checkpoints",
            "Every saved version of the values that an agent stashed, newest first, without the values.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
        ServedTool.Of<CheckpointTools, CheckpointArguments, CheckpointAnswer>(
            "read_checkpoint",
            "Read a checkpoint",
            "A stashed value: its newest version, or the one that is asked for; a long one comes in pieces.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ReadAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<Page<CheckpointView>>, ProblemHttpResult>> ListAsync(
        ListCheckpointsArguments arguments,
        ToolCall call
    )
    {
        if (ToolPages.Problem(arguments.Cursor, CheckpointQueries.IsCursor) is { } problem)
            return problem;
        if (await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        return TypedResults.Ok(
            await checkpoints.ListAsync(job.Id, arguments.Key, arguments.Cursor, arguments.Limit, call.Cancelled)
        );
    }

    private async Task<Results<Ok<CheckpointAnswer>, ProblemHttpResult>> ReadAsync(
        CheckpointArguments arguments,
        ToolCall call
    )
    {
        if (await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        if (await checkpoints.FindAsync(job.Id, arguments.Key, arguments.Version, call.Cancelled) is not { } found)
            return Problems.NotFound($"checkpoint {arguments.Key} in job {arguments.Job}");
        var utf8 = found.Value.Utf8;
        if (arguments.Offset > utf8.Length)
            return Problems.BadField("offset", $"The value has {utf8.Length} bytes. Begin at one of them.");
        var bytes = utf8.AsSpan(arguments.Offset, Math.Min(arguments.Length, utf8.Length - arguments.Offset));
        var isWhole = bytes.Length == utf8.Length;
        var piece = TextPiece.Of(bytes, arguments.Offset, utf8.Length);
        return TypedResults.Ok(
            new CheckpointAnswer(
                found.Checkpoint,
                isWhole ? found.Value : null,
                isWhole ? null : piece.Text,
                piece.Offset,
                piece.NextOffset,
                piece.NextOffset is { } next
                    ? $"Cut. Call read_checkpoint with offset {next} for the next piece."
                    : null
            )
        );
    }
}
