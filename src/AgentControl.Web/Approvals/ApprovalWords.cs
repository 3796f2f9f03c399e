using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Core.Json;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Shared;

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
    public static string OnExpire(string onExpire, IReadOnlyList<string> next) =>
        onExpire switch
        {
            "reject" => "If nobody decides, it is rejected.",
            "approve" => "If nobody decides, it is approved.",
            "escalate" when next.Count > 0 => $"If nobody decides, {next[0]} may too.",
            "escalate" => "If nobody decides, everyone with the Approver role may.",
            "fail" => "If nobody decides, the job fails.",
            _ => "",
        };

    /// <summary>"Ana approved this 4 s ago."</summary>
    public static string FirstDecided(string state, string? by, DateTimeOffset? at, DateTimeOffset now)
    {
        var verb = state switch
        {
            "approved" => "approved",
            "rejected" => "rejected",
            "responded" => "answered",
            "edited" => "approved with changes",
            "chosen" => "decided",
            "expired" => "let expire",
            _ => "ended",
        };
        return $"{by ?? "The deadline"} {verb} this{(at is { } moment ? " " + Formats.Relative(moment, now) : "")}. No second decision is possible.";
    }

    /// <summary>Why nothing is left to decide for somebody who had it open.</summary>
    public static string Taken(ApprovalView request) =>
        request switch
        {
            { DecidedBy: { } by } => $"{by} decided this. No second decision is possible.",
            { State: "expired" } => "The time for this is over. Nothing can be decided any more.",
            _ => "This was withdrawn. Nothing can be decided any more.",
        };

    /// <summary>Why a decision does not stand, as short as it goes.</summary>
    public static string Refusal(DecideOutcome outcome) =>
        outcome switch
        {
            DecideOutcome.AlreadyDecided first =>
                $"{first.DecidedBy ?? "The deadline"} was first: {State(first.State)}.",
            DecideOutcome.Changed => "The proposal changed after you opened it. Review it again.",
            DecideOutcome.Forbidden forbidden => forbidden.Reason,
            DecideOutcome.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(e => e.Value)),
            _ => "This request is gone. Load the page again.",
        };

    /// <summary>What follows from each decision that is open, in words.</summary>
    public static IEnumerable<(string Decision, string Effect)> Effects(ApprovalView request)
    {
        foreach (var decision in request.Decisions)
        {
            switch (decision)
            {
                case "approve":
                    yield return ("approve", "The agent goes on with exactly this content.");
                    break;
                case "reject":
                    yield return ("reject", OnReject(request.OnReject));
                    break;
                case "choose":
                    yield return ("choose", "The job goes on as you choose.");
                    break;
                case "respond":
                    yield return ("answer", OnAnswer(request));
                    break;
                case "edit":
                    yield return (
                        "edit",
                        "The agent goes on with your version. The original and your version are both kept."
                    );
                    break;
            }
        }
    }

    /// <summary>Whether the decision has reached the job: people wait to see that.</summary>
    public static string Resumed(ApprovalView request) =>
        (request.State == "cancelled" ? null : request.DecidedAt, request.ResumedAt) switch
        {
            ({ } decided, { } resumed) when resumed - decided < TimeSpan.FromSeconds(1) =>
                "The job heard of it at once.",
            ({ } decided, { } resumed) => $"The job heard of it {Formats.Duration(resumed - decided)} later.",
            ({ }, null) => "The job has not heard of it yet.",
            _ => "",
        };

    private static string OnAnswer(ApprovalView request) =>
        request.SpentMeasures switch
        {
            [] => "The job goes on with your words.",
            [_] spent => $"The limit grows by the amount that you give, in {BudgetMeter.Units(spent)}.",
            var spent => $"The limits grow by the amounts that you give: {BudgetMeter.Units(spent)}.",
        };

    /// <summary>What was chosen or answered, as the person read or wrote it; null where the decision says it all.</summary>
    public static (string What, string Text)? Given(ApprovalView request) =>
        (request.State, request.Value) switch
        {
            ("chosen", { } value) => (
                "Choice",
                Options(request).FirstOrDefault(o => o.Value == EditedText(value))?.Label ?? EditedText(value)
            ),
            ("responded", { } value) => ("Answer", EditedText(value)),
            _ => null,
        };

    public static string OnReject(string onReject) =>
        onReject == "cancel" ? "The job is cancelled." : "The agent gets your reason and decides how to go on.";

    public static string Kind(string kind) =>
        kind switch
        {
            "question" => "Question",
            "outcomeUnknown" => "Outcome unknown",
            "nonDeterminism" => "The agent's code changed",
            "stepFailed" => "No usable answer",
            "budget" => "Budget is spent",
            _ => "Approval",
        };

    /// <summary>A value as the person wrote it: a text without its quotes.</summary>
    public static string EditedText(RawJson value) =>
        value.ToElement() is { ValueKind: JsonValueKind.String } text ? text.GetString()! : value.ToString();

    public static IReadOnlyList<ApprovalOption> Options(ApprovalView request) =>
        request.Options is { } options
            ? JsonSerializer.Deserialize<List<ApprovalOption>>(options.Utf8, JournalJson.Options) ?? []
            : [];

    /// <summary>"finance-leads, Ana · not who started the job".</summary>
    public static string Who(ApprovalView request) =>
        (request.Approvers.Count == 0 ? "Everyone with the Approver role" : string.Join(", ", request.Approvers))
        + (request.NotStarter ? " · not who started the job" : "");

    /// <summary>"1 of 2 approvals", only where more than one is asked for.</summary>
    public static string? Votes(ApprovalView request) =>
        request.Required > 1
            ? $"{request.Votes.Count(v => v.Decision != "reject" && v.Revision == request.Revision)} of {request.Required} approvals"
            : null;
}
