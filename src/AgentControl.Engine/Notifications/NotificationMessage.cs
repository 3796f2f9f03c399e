namespace AgentControl.Engine.Notifications;

/// <summary>What is told, the same for every try. Nothing in it that only a signed-in person may see.</summary>
/// <param name="Id">The stable id by which a receiver knows a message again.</param>
/// <param name="Kind">A word of <see cref="Core.Notifications.NotificationKind"/>.</param>
/// <param name="Link">Opens a page behind the sign-in, and does nothing.</param>
public sealed record NotificationMessage(
    Guid Id,
    string Kind,
    string Title,
    string Text,
    string Link,
    DateTimeOffset At
)
{
    public Guid? JobId { get; init; }
    public string? Job { get; init; }
    public string? Agent { get; init; }
    public string? Workspace { get; init; }

    /// <summary>Addresses of people that an e-mail goes to beside those of its channel.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The question that a person is needed for.</summary>
    public Guid? ApprovalId { get; init; }

    /// <summary>What a digest tells, first to last; empty for every other message.</summary>
    public IReadOnlyList<NotificationDigestItem> Items { get; init; } = [];
}

/// <summary>One of the news in a digest.</summary>
public sealed record NotificationDigestItem(string Kind, string Title, string Text, string Link, DateTimeOffset At);

/// <summary>How a try went.</summary>
/// <param name="Answer">The receiver's real answer, or why it could not be asked.</param>
/// <param name="Gone">The receiver wants no more for good.</param>
public sealed record SendOutcome(bool Sent, string Answer, bool Gone = false);
