using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Steps;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Steps;

internal sealed record ListStepsArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("How many steps."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

internal sealed record StepArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("The step's key, as list_steps tells it.")] string Key,
    [property: Description("Where the piece of a long result begins, in bytes."), Range(0, 1_048_576)] int Offset = 0,
    [property: Description("How many bytes of it."), Range(1, TextPiece.Most)] int Length = TextPiece.Usual
);

/// <summary>A step as lists tell it.</summary>
/// <param name="Result">The recorded value where it is short; else null, and <c>get_step</c> reads it.</param>
internal sealed record StepLine(
    string Key,
    string Name,
    string Kind,
    string State,
    int Attempts,
    DateTimeOffset StartedAt,
    DateTimeOffset? CompletedAt,
    string? Service,
    RawJson? Result,
    long ResultBytes,
    FailureLine? Error
)
{
    private const int Short = 2_048;

    public static StepLine Of(StepView step) =>
        new(
            step.Key,
            step.Name,
            step.Kind,
            step.State,
            step.Attempts,
            step.StartedAt,
            step.CompletedAt,
            step.Service,
            step.ResultBytes <= Short ? step.Result : null,
            step.ResultBytes,
            FailureLine.Of(step.Error)
        );

    /// <summary>About what it takes in an answer.</summary>
    public int Size => 512 + Key.Length + Name.Length + (Result?.Utf8.Length ?? 0) + (Error?.Message.Length ?? 0);
}

/// <summary>A step with a piece of its result.</summary>
internal sealed record StepAnswer(StepLine Step, string? Text, long Offset, long? NextOffset, string? Note);

/// <summary>Journals as tools.</summary>
internal sealed class StepTools(JobDoor door, StepQueries steps)
{
    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<StepTools, ListStepsArguments, Page<StepLine>>(
            "list_steps",
            "List a job's steps",
            "The journal of a job in the order it was recorded: what it did, how often it tried, and what came of it.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
        ServedTool.Of<StepTools, StepArguments, StepAnswer>(
            "get_step",
            "Read a step",
            "One step with its recorded result; a long one comes in pieces.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.FindAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<Page<StepLine>>, ProblemHttpResult>> ListAsync(
        ListStepsArguments arguments,
        ToolCall call
    )
    {
        if (ToolPages.Problem(arguments.Cursor, StepQueries.IsCursor) is { } problem)
            return problem;
        if (await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var page = await steps.ListAsync(job.Id, arguments.Cursor, arguments.Limit, cancellationToken: call.Cancelled);
        var whole = ToolPages.Fit(page, step => StepLine.Of(step).Size, StepQueries.CursorOf);
        return TypedResults.Ok(whole.Select(StepLine.Of));
    }

    private async Task<Results<Ok<StepAnswer>, ProblemHttpResult>> FindAsync(StepArguments arguments, ToolCall call)
    {
        if (await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        if (await steps.FindAsync(job.Id, arguments.Key, call.Cancelled) is not { } step)
            return Problems.NotFound($"step {arguments.Key} in job {arguments.Job}");
        var result = step.Result?.Utf8 ?? [];
        if (arguments.Offset > result.Length)
            return Problems.BadField("offset", $"The result has {result.Length} bytes. Begin at one of them.");
        var bytes = result.AsSpan(arguments.Offset, Math.Min(arguments.Length, result.Length - arguments.Offset));
        var piece = TextPiece.Of(bytes, arguments.Offset, result.Length);
        return TypedResults.Ok(
            new StepAnswer(
                StepLine.Of(step),
                piece.Text,
                piece.Offset,
                piece.NextOffset,
                piece.NextOffset is { } next ? $"Cut. Call get_step with offset {next} for the next piece." : null
            )
        );
    }
}
