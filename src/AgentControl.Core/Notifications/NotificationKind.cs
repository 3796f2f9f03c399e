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

    /// <summary>A failure that somebody had resolved is back.</summary>
    public const string Regressed = "regressed";

    /// <summary>How a running job does, each so many minutes or percent.</summary>
    public const string Status = "status";

    /// <summary>Somebody was named in a comment.</summary>
    public const string Mentioned = "mentioned";

    /// <summary>Several news in one message.</summary>
    public const string Digest = "digest";

    /// <summary>A message that somebody asked for, to see whether a channel works.</summary>
    public const string Test = "test";

    /// <summary>What may stand under <c>on</c>.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        NeedsPerson,
        Started,
        Completed,
        Failed,
        Regressed,
        Anomaly,
        Mentioned,
    ];

    /// <summary>What is told where nobody says otherwise.</summary>
    public static readonly IReadOnlyList<string> Usual = [NeedsPerson, Started, Completed, Failed, Regressed];

    private static readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal)
    {
        [EventTypes.ApprovalRequested] = NeedsPerson,
        [EventTypes.ApprovalEscalated] = NeedsPerson,
        [EventTypes.ApprovalReminded] = NeedsPerson,
        [EventTypes.ApprovalReassigned] = NeedsPerson,
        [EventTypes.ApprovalInfoAsked] = NeedsPerson,
        [EventTypes.ApprovalInfoGiven] = NeedsPerson,
        [EventTypes.ApprovalSnoozeEnded] = NeedsPerson,
        [EventTypes.JobStarted] = Started,
        [EventTypes.JobSucceeded] = Completed,
        [EventTypes.JobFailed] = Failed,
        [EventTypes.FailureRegressed] = Regressed,
        [EventTypes.Anomaly] = Anomaly,
    };

    /// <summary>Events that somebody may want to hear of.</summary>
    public static IReadOnlyCollection<string> Events => _kinds.Keys;

    /// <summary>What an event is told as; null where nobody is told of it.</summary>
    public static string? Of(string eventType) => _kinds.GetValueOrDefault(eventType);
}
