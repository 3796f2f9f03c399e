using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals;

/// <summary>The body of <c>POST /approvals/{id}/decide</c>.</summary>
internal sealed record DecideRequest
{
    public ApprovalDecision? Decision { get; init; }

    /// <summary>The revision that was shown.</summary>
    public int? Revision { get; init; }
    public string? Comment { get; init; }

    /// <summary>The answer, the edited content or the chosen option.</summary>
    public JsonElement? Value { get; init; }
}

/// <summary>Deciding over REST.</summary>
internal static class DecideEndpoint
{
    public static void MapDecide(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/approvals/{id}/decide", DecideAsync)
            .WithTags("Approvals")
            .RequireAuthorization(Policies.Approver)
            .WithName("DecideApproval")
            .WithSummary("Decide upon exactly what was shown: the revision says what that was")
            .Accepts<DecideRequest>("application/json");

    private static async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> DecideAsync(
        string id,
        JsonBody<DecideRequest> body,
        HttpContext context,
        ApprovalQueries approvals,
        ApprovalCommands commands,
        CancellationToken cancellationToken
    )
    {
        if (Missing(body.Value) is { Count: > 0 } missing)
            return Problems.BadFields(missing);
        if (!Guid.TryParse(id, out var guid) || await approvals.FindAsync(guid, cancellationToken) is not { } shown)
            return Problems.NotFound($"approval {id}");
        var caller = context.User.RequireCaller();
        caller.Require(Role.Approver, shown.Workspace);
        var request = body.Value;
        var outcome = await commands.DecideAsync(
            guid,
            request.Decision!.Value,
            request.Revision!.Value,
            request.Comment,
            request.Value is { ValueKind: JsonValueKind.Null } ? null : request.Value,
            caller,
            cancellationToken
        );
        return ApprovalAnswers.Of(id, outcome, await approvals.FindAsync(guid, cancellationToken));
    }

    public static Dictionary<string, string[]> Missing(DecideRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.Decision is null)
            errors["decision"] = ["Say approve, reject, respond, edit or choose."];
        if (request.Revision is null)
            errors["revision"] = ["Give the revision that you saw, so that you decide upon that and nothing else."];
        if (
            request is
            {
                Decision: ApprovalDecision.Approve,
                Value: { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined }
            }
        )
            errors["value"] = ["An approval takes the content as it was shown. To change it, decide edit."];
        return errors;
    }
}
