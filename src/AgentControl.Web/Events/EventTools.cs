using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Events;
using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Events;

internal sealed record ListEventsArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("Only events behind this number."), Range(0, int.MaxValue)] long After = 0,
    [property: Description("true: the newest events, instead of those behind a number.")] bool Newest = false,
    [property: Description("Only these types; step.* means all that begin so.")] IReadOnlyList<string>? Types = null,
    [property: Description("Only these levels: info, warning, error.")] IReadOnlyList<string>? Levels = null,
    [property: Description("Somewhere in the message.")] string? Text = null,
    [property: Description("How many events."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

/// <summary>An event as tools tell it.</summary>
/// <param name="Data">Left out where it is long.</param>
/// <param name="Cut">Something was left out: the log over REST has all of it.</param>
internal sealed record EventLine(
    long No,
    DateTimeOffset At,
    string Type,
    string Level,
    string Message,
    RawJson? Data,
    string? Actor,
    bool Cut
)
{
    private const int LongestMessage = 2_000;
    private const int LongestData = 4_096;

    public static EventLine Of(EventView line)
    {
        var data = line.Data?.Utf8.Length > LongestData ? null : line.Data;
        var message = line.Message.Length <= LongestMessage ? line.Message : line.Message[..LongestMessage] + "…";
        return new(
            line.No,
            line.At,
            line.Type,
            line.Level,
            message,
            data,
            line.Actor,
            data != line.Data || message.Length != line.Message.Length
        );
    }

    /// <summary>About what it takes in an answer.</summary>
    public int Size => 256 + Message.Length + (Data?.Utf8.Length ?? 0);
}

/// <summary>Logs as tools.</summary>
internal sealed class EventTools(JobDoor door, EventQueries events)
{
    private static readonly string[] _levels = ["info", "warning", "error"];

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<EventTools, ListEventsArguments, Page<EventLine>>(
            "list_events",
            "Read a job's log",
            "The log of a job, oldest first: what happened, what the agent thought and called, anomalies and errors. Long data is left out and marked as cut.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<Page<EventLine>>, ProblemHttpResult>> ListAsync(
        ListEventsArguments arguments,
        ToolCall call
    )
    {
        if (arguments.Levels?.FirstOrDefault(l => !_levels.Contains(l, StringComparer.Ordinal)) is { } unknown)
            return Problems.BadField("levels", $"'{unknown}' is unknown. Use one of: {string.Join(", ", _levels)}.");
        if (ToolPages.Problem(arguments.Cursor, EventQueries.IsCursor) is { } problem)
            return problem;
        if (await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var filter = new EventFilter(arguments.Types, arguments.Levels, arguments.Text);
        var page = arguments.Newest
            ? new Page<EventView>(await events.BeforeAsync(job.Id, null, arguments.Limit, filter, call.Cancelled), null)
            : await events.ListAsync(
                job.Id,
                arguments.After,
                arguments.Cursor,
                arguments.Limit,
                filter,
                call.Cancelled
            );
        return TypedResults.Ok(ToolPages.Fit(page.Select(EventLine.Of), line => line.Size, line => Cursor.Of(line.No)));
    }
}
