using System.Security.Claims;
using System.Text.Json;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>The body of <c>PUT /approval-policies</c>.</summary>
/// <param name="Agent">The agent it holds for; null: every one.</param>
/// <param name="Action">What is done, such as the name of a tool; null: anything.</param>
/// <param name="Workspace">Null: every one.</param>
/// <param name="Terms">As a job's <c>approvalPolicy</c>; here <c>onExpire</c> may be <c>approve</c> too.</param>
internal sealed record PolicyRequest(string? Agent, string? Action, string? Workspace, JsonElement? Terms);

internal sealed record PolicyListContract(IReadOnlyList<ApprovalPolicy> Items, string? NextCursor);

/// <summary>The body of <c>POST /approval-rules</c>.</summary>
/// <param name="Decision">approve or reject.</param>
/// <param name="Reason">Stands with every decision of the rule.</param>
/// <param name="LastsSeconds">How long it holds; null: until it is revoked.</param>
internal sealed record RuleRequest(
    string? Agent,
    string? Action,
    string? Workspace,
    string? Decision,
    string? Reason,
    double? LastsSeconds
);

internal sealed record RuleListContract(IReadOnlyList<StandingRule> Items, string? NextCursor);

/// <summary>Policies and standing rules of approvals over REST, for admins.</summary>
internal static class PolicyEndpoints
{
    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        var policies = routes
            .MapGroup("/api/v1/approval-policies")
            .WithTags("Policies")
            .RequireAuthorization(Policies.Admin);
        policies.MapGet("/", ListAsync).WithName("ListPolicies").WithSummary("Who decides what, by agent and action");
        policies
            .MapPut("/", SaveAsync)
            .WithName("SavePolicy")
            .WithSummary("Make the policy of an agent, an action and a workspace, or change it")
            .Accepts<PolicyRequest>("application/json");
        policies
            .MapDelete("/{id}", DeleteAsync)
            .WithName("DeletePolicy")
            .WithSummary("Delete a policy; what waits already keeps its terms");
        var rules = routes.MapGroup("/api/v1/approval-rules").WithTags("Policies").RequireAuthorization(Policies.Admin);
        rules
            .MapGet("/", RulesAsync)
            .WithName("ListApprovalRules")
            .WithSummary("Standing rules and bypasses, those that hold first");
        rules
            .MapPost("/", MakeAsync)
            .WithName("MakeApprovalRule")
            .WithSummary("Decide like requests beforehand, for a time or until it is revoked")
            .Accepts<RuleRequest>("application/json");
        rules
            .MapDelete("/{id}", RevokeAsync)
            .WithName("RevokeApprovalRule")
            .WithSummary("Revoke a rule: people decide again");
    }

    private static async Task<Ok<PolicyListContract>> ListAsync(
        ApprovalPolicies policies,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new PolicyListContract(await policies.ListAsync(cancellationToken), null));

    private static async Task<Results<Ok<ApprovalPolicy>, Created<ApprovalPolicy>, ProblemHttpResult>> SaveAsync(
        JsonBody<PolicyRequest> body,
        ClaimsPrincipal user,
        ApprovalPolicies policies,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var scope = new ApprovalScope(request.Agent, request.Action, request.Workspace);
        var terms = request.Terms is { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }
            ? null
            : request.Terms;
        return await policies.SaveAsync(scope, terms, user.RequireCaller(), cancellationToken) switch
        {
            PolicyOutcome<ApprovalPolicy>.Saved { IsNew: true } made => TypedResults.Created(
                "/api/v1/approval-policies",
                made.Value
            ),
            PolicyOutcome<ApprovalPolicy>.Saved saved => TypedResults.Ok(saved.Value),
            PolicyOutcome<ApprovalPolicy>.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        ClaimsPrincipal user,
        ApprovalPolicies policies,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(id, out var guid) && await policies.DeleteAsync(guid, user.RequireCaller(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"policy {id}");

    private static async Task<Ok<RuleListContract>> RulesAsync(
        StandingRules rules,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new RuleListContract(await rules.ListAsync(cancellationToken), null));

    private static async Task<Results<Created<StandingRule>, ProblemHttpResult>> MakeAsync(
        JsonBody<RuleRequest> body,
        ClaimsPrincipal user,
        StandingRules rules,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var outcome = await rules.MakeAsync(
            new ApprovalScope(request.Agent, request.Action, request.Workspace),
            request.Decision,
            request.Reason,
            ApprovalSnoozes.Time(request.LastsSeconds),
            user.RequireCaller(),
            cancellationToken
        );
        return outcome switch
        {
            PolicyOutcome<StandingRule>.Saved made => TypedResults.Created("/api/v1/approval-rules", made.Value),
            PolicyOutcome<StandingRule>.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id,
        ClaimsPrincipal user,
        StandingRules rules,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(id, out var guid) && await rules.RevokeAsync(guid, user.RequireCaller(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"rule {id}, or it was revoked already");
}
