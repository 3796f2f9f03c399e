using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Progress;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>Which jobs a tool lists.</summary>
internal sealed record ListJobsArguments(
    [property: Description("Only jobs in one of these states.")] IReadOnlyList<string>? State = null,
    [property: Description("Only jobs of this agent.")] string? Agent = null,
    [property: Description("Only jobs of this workspace.")] string? Workspace = null,
    [property: Description("Only jobs in this queue.")] string? Queue = null,
    [property: Description("Only jobs with all of these tags.")] IReadOnlyList<string>? Tags = null,
    [property: Description("Only children of the job with this id.")] Guid? ParentId = null,
    [property: Description("The beginning of a name or an id.")] string? Text = null,
    [property: Description(
        "A search line as on the jobs page, such as: agent:invoice state:failed older:2h owner:me error:timeout"
    )]
        string? Search = null,
    [property: Description("How many jobs."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

/// <summary>One job.</summary>
internal sealed record JobArguments([property: Description("A job's id or short id.")] string Job);

/// <summary>A piece of what went in or came out.</summary>
internal sealed record ResultArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("Which value."), AllowedValues("output", "input")] string Part = "output",
    [property:
        Description("Where the piece begins, in bytes of JSON: nextOffset of the piece before."),
        Range(0, 1_048_576)
    ]
        int Offset = 0,
    [property: Description("How many bytes."), Range(1, TextPiece.Most)] int Length = TextPiece.Usual
);

/// <summary>A job with everything but its values.</summary>
/// <param name="Input">What went in, where it is short; else null, and <c>get_result</c> with <c>part: input</c> reads it.</param>
internal sealed record JobDetail(JobSummary Job, RawJson? Input, int InputBytes, int OutputBytes);

/// <summary>What a job gave back, or a piece of it.</summary>
/// <param name="Ready">False while there is nothing yet.</param>
/// <param name="Value">The whole value, where it fits.</param>
/// <param name="Text">A piece of its JSON, where it does not.</param>
/// <param name="Note">What to do next.</param>
internal sealed record ResultAnswer(
    string Job,
    string State,
    bool Ready,
    RawJson? Value,
    string? Text,
    int Bytes,
    long Offset,
    long? NextOffset,
    FailureLine? Error,
    string? Note
);

/// <summary>Jobs as tools: what one can read.</summary>
internal sealed class JobTools(JobDoor door, JobQueries jobs, ProgressQueries progress)
{
    private const int ShortInput = 8_192;
    private static readonly string[] _states = [.. Enum.GetValues<JobState>().Select(s => s.Word())];

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<JobTools, ListJobsArguments, Page<JobLine>>(
            "list_jobs",
            "List jobs",
            $"Jobs, newest first. States: {string.Join(", ", _states)}.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
        ServedTool.Of<JobTools, JobArguments, JobDetail>(
            "get_job",
            "Look at a job",
            "One job: its state, what it waits for, its progress, use, failure, and what may be done with it.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.FindAsync(arguments, call)
        ),
        ServedTool.Of<JobTools, ResultArguments, ResultAnswer>(
            "get_result",
            "Read a result",
            "What a job gave back, or what went in. Long values come in pieces: go on at nextOffset. Files that it wrote are told by list_files.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ResultAsync(arguments, call)
        ),
        ServedTool.Of<JobTools, JobArguments, ProgressDocument<WaitingForView>>(
            "get_progress",
            "See how far a job is",
            "How far a job is: stage, counts, the newest steps, anomalies and errors, and the time that it may still take.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ProgressAsync(arguments, call)
        ),
    ];

    public async Task<Results<Ok<Page<JobLine>>, ProblemHttpResult>> ListAsync(
        ListJobsArguments arguments,
        ToolCall call
    )
    {
        var (line, problems) = JobSearch.Parse(arguments.Search);
        if (problems.Count > 0)
            return Problems.BadFields(
                new Dictionary<string, string[]>(StringComparer.Ordinal) { ["search"] = [.. problems] }
            );
        if (arguments.State?.FirstOrDefault(s => !_states.Contains(s, StringComparer.Ordinal)) is { } unknown)
            return Problems.BadField("state", $"'{unknown}' is unknown. Use one of: {string.Join(", ", _states)}.");
        if (ToolPages.Problem(arguments.Cursor, JobQueries.IsCursor) is { } problem)
            return problem;
        var filter = (
            line with
            {
                States = [.. line.States, .. arguments.State ?? []],
                Agent = arguments.Agent ?? line.Agent,
                Workspace = arguments.Workspace ?? line.Workspace,
                Queue = arguments.Queue ?? line.Queue,
                Tags = [.. line.Tags, .. arguments.Tags ?? []],
                ParentId = arguments.ParentId ?? line.ParentId,
                Text = arguments.Text ?? line.Text,
                Visible = call.Caller.Workspaces,
            }
        ).AskedBy(call.Caller.Actor.Name);
        var page = await jobs.ListAsync(filter, arguments.Cursor, arguments.Limit, cancellationToken: call.Cancelled);
        return TypedResults.Ok(page.Select(JobLine.Of));
    }

    public async Task<Results<Ok<JobDetail>, ProblemHttpResult>> FindAsync(JobArguments arguments, ToolCall call)
    {
        if (await ReadAsync(arguments.Job, call) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var input = job.Input.Utf8.Length <= ShortInput ? job.Input : null;
        return TypedResults.Ok(new JobDetail(job, input, job.Input.Utf8.Length, job.Output?.Utf8.Length ?? 0));
    }

    public async Task<Results<Ok<ResultAnswer>, ProblemHttpResult>> ResultAsync(
        ResultArguments arguments,
        ToolCall call
    )
    {
        if (await ReadAsync(arguments.Job, call) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var value = arguments.Part == "input" ? job.Input : job.Output;
        if (value is null)
            return TypedResults.Ok(
                new ResultAnswer(
                    job.ShortId,
                    job.State,
                    false,
                    null,
                    null,
                    0,
                    0,
                    null,
                    FailureLine.Of(job.Error),
                    Next(job)
                )
            );
        var utf8 = value.Utf8;
        if (arguments.Offset > utf8.Length)
            return Problems.BadField("offset", $"The value has {utf8.Length} bytes. Begin at one of them.");
        var bytes = utf8.AsSpan(arguments.Offset, Math.Min(arguments.Length, utf8.Length - arguments.Offset));
        var isWhole = bytes.Length == utf8.Length;
        var piece = TextPiece.Of(bytes, arguments.Offset, utf8.Length);
        return TypedResults.Ok(
            new ResultAnswer(
                job.ShortId,
                job.State,
                true,
                isWhole ? value : null,
                isWhole ? null : piece.Text,
                utf8.Length,
                piece.Offset,
                piece.NextOffset,
                FailureLine.Of(job.Error),
                piece.NextOffset is { } next ? $"Cut. Call get_result with offset {next} for the next piece." : null
            )
        );
    }

    public async Task<Results<Ok<ProgressDocument<WaitingForView>>, ProblemHttpResult>> ProgressAsync(
        JobArguments arguments,
        ToolCall call
    ) =>
        await door.EnterAsync(arguments.Job, call.User, Role.Viewer, call.Cancelled) is { } found
        && await progress.FindAsync(found.Id, call.Cancelled) is { } document
            ? TypedResults.Ok(document)
            : JobDoor.NotFound(arguments.Job);

    private async Task<JobView?> ReadAsync(string id, ToolCall call) =>
        await door.EnterAsync(id, call.User, Role.Viewer, call.Cancelled) is { } found
            ? await jobs.FindAsync(found.Id, call.Cancelled)
            : null;

    private static string Next(JobView job) =>
        job.State switch
        {
            "failed" =>
                "It failed and has no output. list_events tells how; retry_job goes on behind the last recorded step.",
            "cancelled" => "It was cancelled and has no output.",
            _ => $"It is {job.Label} and has no output yet. wait_for_job waits for it.",
        };
}
