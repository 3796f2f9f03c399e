using System.Text.Json;

namespace AgentControl.Core.Approvals;

/// <summary>How an approval ended, as the agent's code sees it.</summary>
/// <param name="Expired">True when nobody decided in time; <see cref="Decision"/> is then what <see cref="ApprovalExpiry"/> said.</param>
/// <param name="Value">The edited content, the answer or the chosen option's value.</param>
/// <param name="Sha256">The fingerprint of the content that was decided upon.</param>
public sealed record ApprovalOutcome(
    ApprovalDecision Decision,
    bool Expired,
    string? Comment,
    JsonElement? Value,
    string? DecidedBy,
    string Sha256
)
{
    public bool Approved =>
        Decision
            is ApprovalDecision.Approve
                or ApprovalDecision.Edit
                or ApprovalDecision.Respond
                or ApprovalDecision.Choose;

    /// <summary>The edited text, or <paramref name="original"/> when it was approved as shown.</summary>
    public string TextOr(string original) =>
        Decision == ApprovalDecision.Edit && Value is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : original;
}
