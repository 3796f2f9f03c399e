using System.Text.Json;

namespace AgentControl.Core.Approvals;

/// <summary>A question to a person.</summary>
public sealed record ApprovalRequest
{
    public required string Title { get; init; }

    /// <summary>Why the agent asks and what happens next, in markdown.</summary>
    public string Body { get; init; } = "";

    /// <summary>What is decided upon, byte for byte; a decision is bound to its SHA-256.</summary>
    public string Content { get; init; } = "";

    /// <summary>How <see cref="Content"/> is shown: text/markdown, application/json, text/plain.</summary>
    public string ContentType { get; init; } = "text/markdown";

    /// <summary>The JSON Schema of an edit, where <see cref="Content"/> is a JSON object: an edit that does not fit is refused. Null takes any text.</summary>
    public JsonElement? EditSchema { get; init; }

    /// <summary>approval, question, outcomeUnknown, nonDeterminism, stepFailed or budget.</summary>
    public string Kind { get; init; } = ApprovalKinds.Approval;

    /// <summary>What is done when it is approved, in one word that stays the same from request to request, such as the name of a tool. Policies and standing rules go by it; null has only those of the agent.</summary>
    public string? Action { get; init; }

    /// <summary>What cannot be undone, or costs much: approving takes a written comment, and never happens by waiting.</summary>
    public bool HighRisk { get; init; }

    /// <summary>Which decisions are possible.</summary>
    public IReadOnlyList<ApprovalDecision> Decisions { get; init; } =
    [ApprovalDecision.Approve, ApprovalDecision.Reject];

    /// <summary>The options of a <see cref="ApprovalDecision.Choose"/>.</summary>
    public IReadOnlyList<ApprovalOption> Options { get; init; } = [];

    /// <summary>How many different people must approve.</summary>
    public int Required { get; init; } = 1;

    /// <summary>Groups or people who may decide; empty: everyone with the approver role.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];

    /// <summary>Whoever started the job may not decide.</summary>
    public bool NotStarter { get; init; }

    /// <summary>Time for a decision; null waits for ever.</summary>
    public TimeSpan? DecideWithin { get; init; }

    /// <summary>What the end of the time means.</summary>
    public ApprovalExpiry OnExpire { get; init; } = ApprovalExpiry.Reject;

    /// <summary>Groups or people who may decide too when the time is over, one after the other, each with the same time. Needs <see cref="ApprovalExpiry.Escalate"/>.</summary>
    public IReadOnlyList<string> EscalateTo { get; init; } = [];

    /// <summary>Time between reminders; null reminds nobody.</summary>
    public TimeSpan? RemindEvery { get; init; }

    /// <summary>How long a decision can be taken back before the agent hears of it; zero tells it at once.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>What a rejection means: back to the agent's code, or the end of the job.</summary>
    public ApprovalRejection OnReject { get; init; } = ApprovalRejection.Return;
}

/// <summary>One thing to choose.</summary>
public sealed record ApprovalOption(string Value, string Label, string? Detail = null);

/// <summary>Kinds of approvals as the contract spells them.</summary>
public static class ApprovalKinds
{
    public const string Approval = "approval";
    public const string Question = "question";
    public const string OutcomeUnknown = "outcomeUnknown";
    public const string NonDeterminism = "nonDeterminism";
    public const string Budget = "budget";

    /// <summary>A step's service failed in a way that no rule decides.</summary>
    public const string StepFailed = "stepFailed";
}

/// <summary>What a person can answer.</summary>
public enum ApprovalDecision
{
    Approve,
    Reject,
    Respond,
    Edit,
    Choose,
}

/// <summary>What the end of the time means.</summary>
public enum ApprovalExpiry
{
    Reject,
    Approve,
    Escalate,
    Fail,
}

/// <summary>What a rejection means.</summary>
public enum ApprovalRejection
{
    Return,
    Cancel,
}
