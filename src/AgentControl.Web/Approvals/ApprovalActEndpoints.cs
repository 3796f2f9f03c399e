using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals;

/// <summary>The body of <c>POST /approvals/{id}/reassign</c>.</summary>
/// <param name="Approvers">Groups or people, by name, address or <c>person:id</c>.</param>
/// <param name="Comment">Why, for those who are asked now.</param>
internal sealed record ReassignRequest(IReadOnlyList<string>? Approvers, string? Comment);

/// <summary>The body of <c>POST /approvals/{id}/ask</c> and of <c>/answer</c>.</summary>
/// <param name="Text">Markdown.</param>
internal sealed record InquiryRequest(string? Text);

/// <summary>The body of <c>POST /approvals/{id}/snooze</c>.</summary>
/// <param name="AfterSeconds">When to be asked again; null: now.</param>
internal sealed record SnoozeRequest(double? AfterSeconds);

/// <summary>The body of <c>POST /approvals/decide</c>.</summary>
internal sealed record DecideAllRequest
{
    /// <summary>Like requests: of one agent, for one action, in one workspace.</summary>
    public IReadOnlyList<DecideAllItem>? Items { get; init; }

    /// <summary>approve or reject.</summary>
    public ApprovalDecision? Decision { get; init; }
    public string? Comment { get; init; }
}

/// <param name="Revision">The revision that was shown.</param>
internal sealed record DecideAllItem(Guid? Id, int? Revision);

/// <summary>Several requests, all decided.</summary>
internal sealed record DecidedAllContract(IReadOnlyList<ApprovalView> Items, string? NextCursor);

/// <summary>What people do with approvals besides deciding them one by one.</summary>
internal static class ApprovalActEndpoints
{
    private delegate Task<DecideOutcome> Act(Guid id, Caller caller);

    public static void MapApprovalActs(this IEndpointRouteBuilder routes)
    {
        var approvals = routes
            .MapGroup("/api/v1/approvals")
            .WithTags("Approvals")
            .RequireAuthorization(Policies.Approver);
        approvals
            .MapPost("/decide", DecideAllAsync)
            .WithName("DecideApprovals")
            .WithSummary("Approve or reject like requests together: all of them, or none")
            .Accepts<DecideAllRequest>("application/json");
        approvals
            .MapPost("/{id}/reassign", ReassignAsync)
            .WithName("ReassignApproval")
            .WithSummary("Give it to other people: groups or people, by name or address")
            .Accepts<ReassignRequest>("application/json");
        approvals
            .MapPost("/{id}/undo", UndoAsync)
            .WithName("UndoDecision")
            .WithSummary("Take your own decision back, within its grace time");
        approvals
            .MapPost("/{id}/snooze", SnoozeAsync)
            .WithName("SnoozeApproval")
            .WithSummary("Be asked again later; others are asked as before")
            .Accepts<SnoozeRequest>("application/json");
        approvals
            .MapPost("/{id}/ask", AskAsync)
            .WithName("AskForMore")
            .WithSummary("Ask for more before deciding; it stays open, and its time goes on")
            .Accepts<InquiryRequest>("application/json");
        routes
            .MapPost("/api/v1/approvals/{id}/answer", AnswerAsync)
            .WithTags("Approvals")
            .RequireAuthorization(Policies.Operator)
            .WithName("AnswerInquiry")
            .WithSummary("Answer what somebody asked before deciding")
            .Accepts<InquiryRequest>("application/json");
    }

    private static Task<Results<Ok<ApprovalView>, ProblemHttpResult>> ReassignAsync(
        string id,
        JsonBody<ReassignRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalReassignment reassignment,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            Role.Approver,
            context,
            approvals,
            (guid, caller) =>
                reassignment.ReassignAsync(
                    guid,
                    [.. body.Value.Approvers ?? []],
                    body.Value.Comment,
                    caller,
                    cancellationToken
                )
        );

    private static Task<Results<Ok<ApprovalView>, ProblemHttpResult>> UndoAsync(
        string id,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalUndo undo,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            Role.Approver,
            context,
            approvals,
            (guid, caller) => undo.UndoAsync(guid, caller, cancellationToken)
        );

    private static Task<Results<Ok<ApprovalView>, ProblemHttpResult>> SnoozeAsync(
        string id,
        JsonBody<SnoozeRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalSnoozes snoozes,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            Role.Approver,
            context,
            approvals,
            (guid, caller) =>
                snoozes.SnoozeAsync(guid, ApprovalSnoozes.Time(body.Value.AfterSeconds), caller, cancellationToken)
        );

    private static Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AskAsync(
        string id,
        JsonBody<InquiryRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalInquiry inquiry,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            Role.Approver,
            context,
            approvals,
            (guid, caller) => inquiry.AskAsync(guid, body.Value.Text, caller, cancellationToken)
        );

    private static Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AnswerAsync(
        string id,
        JsonBody<InquiryRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalInquiry inquiry,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            Role.Operator,
            context,
            approvals,
            (guid, caller) => inquiry.AnswerAsync(guid, body.Value.Text, caller, cancellationToken)
        );

    private static async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> ActAsync(
        string id,
        Role least,
        HttpContext context,
        ApprovalQueries approvals,
        Act act
    )
    {
        if (!Guid.TryParse(id, out var guid) || await approvals.FindAsync(guid) is not { } shown)
            return Problems.NotFound($"approval {id}");
        var caller = context.User.RequireCaller();
        caller.Require(least, shown.Workspace);
        var outcome = await act(guid, caller);
        return ApprovalAnswers.Of(id, outcome, await approvals.FindAsync(guid));
    }

    private static async Task<Results<Ok<DecidedAllContract>, ProblemHttpResult>> DecideAllAsync(
        JsonBody<DecideAllRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalCommands commands,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.Decision is null)
            errors["decision"] = ["Say approve or reject."];
        if (request.Items is not { Count: > 0 } items || items.Any(i => i is not { Id: not null, Revision: not null }))
        {
            errors["items"] = ["Give the id and the revision that you saw of each request."];
            return Problems.BadFields(errors);
        }
        if (errors.Count > 0)
            return Problems.BadFields(errors);
        var outcome = await commands.DecideAllAsync(
            [.. items.Select(i => (i.Id!.Value, i.Revision!.Value))],
            request.Decision!.Value,
            request.Comment,
            context.User.RequireCaller(),
            cancellationToken
        );
        switch (outcome)
        {
            case DecideAllOutcome.Invalid invalid:
                return Problems.BadFields(invalid.Errors);
            case DecideAllOutcome.Refused refused:
                return Problems.Conflict(
                    "approval.notAll",
                    "Nothing was decided: not all of them can be.",
                    ("items", refused.Why.Select(w => new { Id = w.Key, Why = ApprovalWords.Refusal(w.Value) }))
                );
            case DecideAllOutcome.Decided decided:
                var views = new List<ApprovalView>();
                foreach (var one in decided.Each)
                    if (await approvals.FindAsync(one.ApprovalId, cancellationToken) is { } view)
                        views.Add(view);
                return TypedResults.Ok(new DecidedAllContract(views, null));
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }
}
