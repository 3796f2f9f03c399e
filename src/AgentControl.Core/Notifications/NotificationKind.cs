using AgentControl.Core.Events;

namespace AgentControl.Core.Notifications;

/// <summary>What people are told of, as the words of settings and messages.</summary>
public static class NotificationKind
{
    public const string NeedsPerson = "needsPerson";
    public const string Started = "started";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Anomaly = "anomaly";

    /// <summary>A message that somebody asked for, to see whether a channel works.</summary>
    public const string Test = "test";

    /// <summary>What may stand under <c>on</c>.</summary>
    public static readonly IReadOnlyList<string> All = [NeedsPerson, Started, Completed, Failed, Anomaly];

    /// <summary>What is told where nobody says otherwise.</summary>
    public static readonly IReadOnlyList<string> Usual = [NeedsPerson, Started, Completed, Failed];

    /// <summary>Events that somebody may want to hear of.</summary>
    public static readonly IReadOnlyList<string> Events =
    [
        EventTypes.ApprovalRequested,
        EventTypes.ApprovalEscalated,
        "approval.reminded",
        "approval.reassigned",
        EventTypes.JobStarted,
        EventTypes.JobSucceeded,
        EventTypes.JobFailed,
        EventTypes.Anomaly,
    ];

    /// <summary>What an event is told as; null where nobody is told of it.</summary>
    public static string? Of(string eventType) =>
        eventType switch
        {
            EventTypes.ApprovalRequested
            or EventTypes.ApprovalEscalated
            or "approval.reminded"
            or "approval.reassigned" => NeedsPerson,
            EventTypes.JobStarted => Started,
            EventTypes.JobSucceeded => Completed,
            EventTypes.JobFailed => Failed,
            EventTypes.Anomaly => Anomaly,
            _ => null,
        };
}
