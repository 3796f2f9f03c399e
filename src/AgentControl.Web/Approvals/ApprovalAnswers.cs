using AgentControl.Engine.Approvals;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals;

/// <summary>How REST answers what was done with an approval.</summary>
internal static class ApprovalAnswers
{
    public static Results<Ok<ApprovalView>, ProblemHttpResult> Of(
        string id,
        DecideOutcome outcome,
        ApprovalView? now
    ) =>
        outcome switch
        {
            DecideOutcome.Decided when now is not null => TypedResults.Ok(now),
            DecideOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            DecideOutcome.Forbidden forbidden => AccessProblems.Forbidden(forbidden.Reason),
            DecideOutcome.Changed changed => Problems.Conflict(
                "approval.changed",
                $"The proposal has changed: it is at revision {changed.Revision} now. Look at it again.",
                ("revision", changed.Revision)
            ),
            DecideOutcome.AlreadyDecided first => Problems.Conflict(
                "approval.decided",
                $"{first.DecidedBy ?? "The deadline"} was first: {first.State}.",
                (
                    "decision",
                    new
                    {
                        first.State,
                        first.DecidedBy,
                        first.DecidedAt,
                        first.Comment,
                    }
                ),
                ("approval", now)
            ),
            _ => Problems.NotFound($"approval {id}"),
        };
}
