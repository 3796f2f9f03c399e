using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Agents.Questions;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;
using Activity = System.Diagnostics.Activity;

namespace AgentControl.Web.Jobs;

/// <summary>A job to submit, in the words of <c>POST /jobs</c>.</summary>
internal sealed record SubmitJobArguments(
    [property: Description("The agent's name; list_agents tells them with their input schemas.")] string Agent,
    [property:
        Description("What the agent works on, as its inputSchema says. Left out: {}."),
        JsonSchema("""{ "type": "object" }""")
    ]
        JsonNode? Input = null,
    [property: Description("A name that people know it by.")] string? Name = null,
    [property: Description("Left out: the agent's own queue.")] string? Queue = null,
    [property: Description("Higher goes first in its queue."), Range(-2, 2)] short? Priority = null,
    [property: Description("To find it by.")] IReadOnlyList<string>? Tags = null,
    [property: Description("Left out: default.")] string? Workspace = null,
    [property: Description("Start then, not at once.")] DateTimeOffset? RunAt = null,
    [property: Description("It fails if it has not begun after so many seconds.")] int? TtlSeconds = null,
    [property: Description("How long it may run; waits are not counted.")] int? TimeoutSeconds = null,
    [property: Description("It fails if it has not ended then.")] DateTimeOffset? DeadlineAt = null,
    [property: Description("Attempts after crashes and failures.")] int? MaxAttempts = null,
    [property: Description("Of the jobs with one key one runs at a time.")] string? ConcurrencyKey = null,
    [property: Description("Limits, such as {\"costUsd\": 2}."), JsonSchema("""{ "type": "object" }""")]
        JsonNode? Budget = null,
    [property: Description("Who is told what."), JsonSchema("""{ "type": "object" }""")] JsonNode? Notify = null,
    [property: Description("Who decides its approvals."), JsonSchema("""{ "type": "object" }""")]
        JsonNode? ApprovalPolicy = null,
    [property: Description(ToolKeys.What)] string? IdempotencyKey = null
)
{
    public SubmitJobRequest ToRequest() =>
        new()
        {
            Agent = Agent,
            Input = Element(Input),
            Name = Name,
            Queue = Queue,
            Priority = Priority,
            Tags = Tags,
            Workspace = Workspace,
            RunAt = RunAt,
            TtlSeconds = TtlSeconds,
            TimeoutSeconds = TimeoutSeconds,
            DeadlineAt = DeadlineAt,
            MaxAttempts = MaxAttempts,
            ConcurrencyKey = ConcurrencyKey,
            Budget = Element(Budget),
            Notify = Element(Notify),
            ApprovalPolicy = Element(ApprovalPolicy),
        };

    private static JsonElement? Element(JsonNode? given) =>
        given is null ? null : JsonSerializer.SerializeToElement(given);
}

/// <summary>A question to a person.</summary>
internal sealed record AskHumanArguments(
    [property: Description("The question, with what a person has to know to answer it.")] string Question,
    [property: Description("Answers to choose from, where there are only a few.")]
        IReadOnlyList<string>? Options = null,
    [property: Description("Groups or people who may answer. Left out: everyone with the approver role.")]
        IReadOnlyList<string>? Approvers = null,
    [property: Description("How long to wait. Left out: as long as it takes."), Range(1, 31_536_000)]
        int? AnswerWithinSeconds = null,
    [property: Description("Left out: default.")] string? Workspace = null,
    [property: Description(ToolKeys.What)] string? IdempotencyKey = null
);

/// <summary>A job that was submitted.</summary>
/// <param name="Replayed">The same key came before: this is the job of then.</param>
/// <param name="Next">How to go on.</param>
internal sealed record SubmittedAnswer(JobLine Job, bool Replayed, string Next);

/// <summary>Submitting as tools.</summary>
internal sealed class SubmitTools(JobCommands commands, JobQueries jobs, WorkspaceStore workspaces)
{
    private const string QuestionAgentName = "question";

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<SubmitTools, SubmitJobArguments, SubmittedAnswer>(
            "submit_job",
            "Submit a job",
            "Gives work to an agent. The answer comes at once; wait_for_job waits for the end, get_result reads what came out.",
            Role.Operator,
            ToolEffect.Adds,
            (tools, arguments, call) =>
                tools.SubmitAsync(arguments.ToRequest(), arguments.IdempotencyKey, "submit_job", call)
        ),
        ServedTool.Of<SubmitTools, AskHumanArguments, SubmittedAnswer>(
            "ask_human",
            "Ask a person",
            "Puts a question to people, in their inbox. It is a job: wait_for_job waits for the answer, get_result reads it as {answered, answer, comment, answeredBy}. It may take hours.",
            Role.Operator,
            ToolEffect.Adds,
            (tools, arguments, call) => tools.AskAsync(arguments, call)
        ),
    ];

    private Task<Results<Ok<SubmittedAnswer>, ProblemHttpResult>> AskAsync(AskHumanArguments arguments, ToolCall call)
    {
        var input = new QuestionInput(
            arguments.Question,
            arguments.Options,
            arguments.Approvers,
            arguments.AnswerWithinSeconds
        );
        var request = new SubmitJobRequest
        {
            Agent = QuestionAgentName,
            Input = JsonSerializer.SerializeToElement(input, JournalJson.Options),
            Workspace = arguments.Workspace,
        };
        return SubmitAsync(request, arguments.IdempotencyKey, "ask_human", call);
    }

    private async Task<Results<Ok<SubmittedAnswer>, ProblemHttpResult>> SubmitAsync(
        SubmitJobRequest request,
        string? idempotencyKey,
        string tool,
        ToolCall call
    )
    {
        if (await SubmitEndpoints.RefuseAsync(request, call.Caller, workspaces, call.Cancelled) is { } refusal)
            return refusal;
        var (key, problem) = ToolKeys.Read(idempotencyKey, tool, call.Caller, CanonicalJson.Hash(request));
        if (problem is not null)
            return problem;
        var outcome = await commands.SubmitAsync(
            request.ToSubmission(Activity.Current?.Id),
            call.Caller.Actor,
            key,
            call.Cancelled
        );
        if (outcome is not SubmitOutcome.Accepted accepted)
            return SubmitEndpoints.Refused(outcome);
        return await jobs.SummaryAsync(accepted.Id, call.Cancelled) is { } job
            ? TypedResults.Ok(
                new SubmittedAnswer(JobLine.Of(job), accepted.Replayed, $"wait_for_job with job {job.ShortId}.")
            )
            : JobDoor.NotFound(accepted.Id.ToString());
    }
}
