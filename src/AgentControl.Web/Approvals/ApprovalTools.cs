using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Approvals;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals;

internal sealed record ListApprovalsArguments(
    [property: Description("pending, decided for all others, or one state.")] string? State = null,
    [property: Description("Only this job's, by id or short id.")] string? Job = null,
    [property: Description("true: only what this key may decide now.")] bool AssignedToMe = false,
    [property: Description("How many requests."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

internal sealed record ApprovalArguments(
    [property: Description("The request's id, as list_approvals tells it.")] Guid Approval,
    [property: Description("Where the piece of long content begins, in bytes."), Range(0, int.MaxValue)] int Offset = 0,
    [property: Description("How many bytes of it."), Range(1, TextPiece.Most)] int Length = TextPiece.Usual
);

internal sealed record DecideArguments(
    [property: Description("The request's id.")] Guid Approval,
    [property:
        Description("One of the request's decisions."),
        AllowedValues("approve", "reject", "respond", "edit", "choose")
    ]
        string Decision,
    [property: Description("The revision that was read, so that exactly that is decided upon."), Range(0, int.MaxValue)]
        int Revision,
    [property: Description("Why. High risk takes one.")] string? Comment = null,
    [property: Description("The answer, the edited content or the chosen option.")] JsonNode? Value = null
);

/// <summary>A request as lists tell it; <c>get_approval</c> has what is decided upon.</summary>
internal sealed record ApprovalLine(
    Guid Id,
    Guid JobId,
    string JobShortId,
    string JobName,
    string Agent,
    string Workspace,
    string Kind,
    string Title,
    string State,
    int Revision,
    IReadOnlyList<string> Decisions,
    IReadOnlyList<string> Approvers,
    DateTimeOffset RequestedAt,
    DateTimeOffset? Deadline,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? Comment
)
{
    public static ApprovalLine Of(ApprovalView approval) =>
        new(
            approval.Id,
            approval.JobId,
            approval.JobShortId,
            approval.JobName,
            approval.Agent,
            approval.Workspace,
            approval.Kind,
            approval.Title,
            approval.State,
            approval.Revision,
            approval.Decisions,
            approval.Approvers,
            approval.RequestedAt,
            approval.Deadline,
            approval.DecidedBy,
            approval.DecidedAt,
            approval.Comment
        );
}

/// <summary>A request with what is decided upon, or a piece of it.</summary>
/// <param name="Content">The exact text; where it is cut, <c>nextOffset</c> says where it goes on.</param>
/// <param name="MayDecide">Whether the caller may decide it; <paramref name="WhyNot"/> says why not.</param>
internal sealed record ApprovalAnswer(
    ApprovalLine Approval,
    string Body,
    string Content,
    string ContentType,
    string Sha256,
    RawJson? Options,
    RawJson? Value,
    int Required,
    bool HighRisk,
    bool MayDecide,
    string? WhyNot,
    long? NextOffset,
    string? Note
);

/// <summary>Approvals as tools. Deciding follows the rule of REST: keys with the approver role may, the token of a job never.</summary>
internal sealed class ApprovalTools(ApprovalQueries approvals, ApprovalCommands commands, JobQueries jobs)
{
    private static readonly string[] _states = [.. ApprovalQueries.States, ApprovalQueries.Decided];

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<ApprovalTools, ListApprovalsArguments, Page<ApprovalLine>>(
            "list_approvals",
            "List what waits for people",
            $"Requests to people, newest first: what waits, and what they decided. States: {string.Join(", ", _states)}.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
        ServedTool.Of<ApprovalTools, ApprovalArguments, ApprovalAnswer>(
            "get_approval",
            "Look at a request",
            "One request to people with the exact content that is decided upon; long content comes in pieces.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.FindAsync(arguments, call)
        ),
        ServedTool.Of<ApprovalTools, DecideArguments, ApprovalLine>(
            "decide_approval",
            "Decide a request",
            "Decides a request in the name of this key and its owner, who answers for it. Read all of its content first, and decide only what the person whom you work for has said. The token of a job may not.",
            Role.Approver,
            ToolEffect.Ends,
            (tools, arguments, call) => tools.DecideAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<Page<ApprovalLine>>, ProblemHttpResult>> ListAsync(
        ListApprovalsArguments arguments,
        ToolCall call
    )
    {
        if (arguments.State is { } state && !_states.Contains(state, StringComparer.Ordinal))
            return Problems.BadField("state", $"'{state}' is unknown. Use one of: {string.Join(", ", _states)}.");
        if (ToolPages.Problem(arguments.Cursor, ApprovalQueries.IsCursor) is { } problem)
            return problem;
        var job = arguments.Job is { } id ? await jobs.ResolveAsync(id, call.Cancelled) : null;
        if (arguments.Job is { } unknown && job is null)
            return JobDoor.NotFound(unknown);
        var caller = call.Caller;
        var filter = arguments.AssignedToMe
            ? ApprovalAccess.WaitingFor(caller)
            : new ApprovalFilter { Visible = caller.Workspaces };
        var page = await approvals.ListAsync(
            filter with
            {
                State = arguments.State ?? filter.State,
                JobId = job?.Id,
            },
            arguments.Cursor,
            arguments.Limit,
            call.Cancelled
        );
        return TypedResults.Ok(page.Select(ApprovalLine.Of));
    }

    private async Task<Results<Ok<ApprovalAnswer>, ProblemHttpResult>> FindAsync(
        ApprovalArguments arguments,
        ToolCall call
    )
    {
        if (await approvals.FindAsync(arguments.Approval, call.Cancelled) is not { } approval)
            return Problems.NotFound($"approval {arguments.Approval}");
        call.Caller.Require(Role.Viewer, approval.Workspace);
        var utf8 = Encoding.UTF8.GetBytes(approval.Content);
        if (arguments.Offset > utf8.Length)
            return Problems.BadField("offset", $"The content has {utf8.Length} bytes. Begin at one of them.");
        var bytes = utf8.AsSpan(arguments.Offset, Math.Min(arguments.Length, utf8.Length - arguments.Offset));
        var piece = TextPiece.Of(bytes, arguments.Offset, utf8.Length);
        var whyNot = approval.State == "pending" ? ApprovalAccess.Refusal(approval, call.Caller) : "It is decided.";
        return TypedResults.Ok(
            new ApprovalAnswer(
                ApprovalLine.Of(approval),
                approval.Body,
                piece.Text ?? "",
                approval.ContentType,
                approval.Sha256,
                approval.Options,
                approval.Value,
                approval.Required,
                approval.HighRisk,
                whyNot is null,
                whyNot,
                piece.NextOffset,
                piece.NextOffset is { } next ? $"Cut. Call get_approval with offset {next} for the next piece." : null
            )
        );
    }

    private async Task<Results<Ok<ApprovalLine>, ProblemHttpResult>> DecideAsync(
        DecideArguments arguments,
        ToolCall call
    )
    {
        var request = new DecideRequest
        {
            Decision = Enum.Parse<ApprovalDecision>(arguments.Decision, ignoreCase: true),
            Revision = arguments.Revision,
            Comment = arguments.Comment,
            Value = arguments.Value is { } given ? JsonSerializer.SerializeToElement(given) : null,
        };
        if (DecideEndpoint.Missing(request) is { Count: > 0 } missing)
            return Problems.BadFields(missing);
        if (await approvals.FindAsync(arguments.Approval, call.Cancelled) is not { } shown)
            return Problems.NotFound($"approval {arguments.Approval}");
        var caller = call.Caller;
        caller.Require(Role.Approver, shown.Workspace);
        var outcome = await commands.DecideAsync(
            arguments.Approval,
            request.Decision!.Value,
            arguments.Revision,
            request.Comment,
            request.Value,
            caller,
            call.Cancelled
        );
        var now = await approvals.FindAsync(arguments.Approval, call.Cancelled);
        return ApprovalAnswers.Of(arguments.Approval.ToString(), outcome, now).Result switch
        {
            Ok<ApprovalView> { Value: { } decided } => TypedResults.Ok(ApprovalLine.Of(decided)),
            var refusal => (ProblemHttpResult)refusal,
        };
    }
}
