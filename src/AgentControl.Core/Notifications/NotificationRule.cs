namespace AgentControl.Core.Notifications;

/// <summary>What a rule is asked about.</summary>
/// <param name="Kind">A word of <see cref="NotificationKind"/>.</param>
/// <param name="Part">One of a batch or a child: its start and its end are told by the job above it.</param>
public sealed record NotificationSubject(
    string Kind,
    string Agent,
    string Workspace,
    IReadOnlyCollection<string> Tags,
    bool Part
);

/// <summary>Which jobs' news a channel takes; an empty list means any.</summary>
public sealed record NotificationRule(
    IReadOnlyCollection<string> On,
    IReadOnlyCollection<string> Agents,
    IReadOnlyCollection<string> Tags,
    IReadOnlyCollection<string> Workspaces
)
{
    /// <summary>The usual news of every job.</summary>
    public static readonly NotificationRule Usual = new(NotificationKind.Usual, [], [], []);

    /// <summary>No news by itself: a channel that only rules speak by.</summary>
    public static readonly NotificationRule Nothing = new([], [], [], []);

    public bool Takes(NotificationSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return On.Contains(subject.Kind, StringComparer.Ordinal) && Concerns(subject);
    }

    /// <summary>Whether it is about a job of these, whatever happened.</summary>
    public bool Concerns(NotificationSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return !(subject.Part && subject.Kind is not (NotificationKind.NeedsPerson or NotificationKind.Mentioned))
            && (Agents.Count == 0 || Agents.Contains(subject.Agent, StringComparer.Ordinal))
            && (Workspaces.Count == 0 || Workspaces.Contains(subject.Workspace, StringComparer.Ordinal))
            && (Tags.Count == 0 || subject.Tags.Any(tag => Tags.Contains(tag, StringComparer.Ordinal)));
    }
}
