using System.Text.Json.Serialization;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using Npgsql;

namespace AgentControl.Engine.Approvals.Policies;

/// <summary>A decision that an admin gives beforehand. With an end it is a bypass for a time.</summary>
/// <param name="Decision">approve or reject.</param>
/// <param name="Reason">Why; it is the comment of each decision by this rule.</param>
/// <param name="MadeBy">The admin's name.</param>
/// <param name="Uses">How many requests it has decided.</param>
public sealed record StandingRule(
    Guid Id,
    ApprovalScope Scope,
    string Decision,
    string Reason,
    string MadeBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt
)
{
    public long Uses { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }

    [JsonIgnore]
    internal string Maker { get; init; } = "";

    [JsonIgnore]
    internal ApprovalDecision Decides => Decision == "approve" ? ApprovalDecision.Approve : ApprovalDecision.Reject;

    /// <summary>Who decided, where this rule did.</summary>
    [JsonIgnore]
    internal string Decider => $"Rule of {MadeBy}";

    internal bool IsBy(Guid? person, string name) =>
        person is { } id ? Maker == $"person:{id}" : string.Equals(MadeBy, name, StringComparison.OrdinalIgnoreCase);

    internal static StandingRule Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            ApprovalScope.Stored(row.GetString(1), row.GetString(2), row.GetString(3)),
            row.GetString(4),
            row.GetString(5),
            row.GetString(7),
            row.GetFieldValue<DateTimeOffset>(8),
            row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9)
        )
        {
            Maker = row.GetString(6),
        };
}
