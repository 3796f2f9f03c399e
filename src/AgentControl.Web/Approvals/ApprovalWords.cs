using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>The sentences about a request.</summary>
internal static class ApprovalWords
{
    public static string State(string state) =>
        state switch
        {
            "pending" => "Open",
            "approved" => "Approved",
            "rejected" => "Rejected",
            "responded" => "Answered",
            "edited" => "Approved with changes",
            "chosen" => "Chosen",
            "expired" => "Expired",
            "cancelled" => "Withdrawn",
            _ => state,
        };

    /// <summary>What the end of the time means.</summary>
    public static string OnExpire(string onExpire) =>
        onExpire switch
        {
            "reject" => "If nobody decides, it is rejected.",
            "approve" => "If nobody decides, it is approved.",
            "escalate" => "If nobody decides, the next people are asked.",
            "fail" => "If nobody decides, the job fails.",
            _ => "",
        };

    public static string OnReject(string onReject) =>
        onReject == "cancel" ? "The job is cancelled." : "The agent gets your reason and decides how to go on.";

    public static string Kind(string kind) =>
        kind switch
        {
            "question" => "Question",
            "outcomeUnknown" => "Outcome unknown",
            "nonDeterminism" => "The agent's code changed",
            "budget" => "Over the cost limit",
            _ => "Approval",
        };

    public static string Who(ApprovalView request) =>
        request.Approvers.Count == 0 ? "Everyone with the Approver role" : string.Join(", ", request.Approvers);

    /// <summary>"1 of 2 approvals", only where more than one is asked for.</summary>
    public static string? Votes(ApprovalView request) =>
        request.Required > 1 ? $"{request.Votes.Count(v => v.Decision != "reject" && v.Revision == request.Revision)} of {request.Required} approvals" : null;
}
