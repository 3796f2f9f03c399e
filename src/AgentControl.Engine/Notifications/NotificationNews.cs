using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Events;
using AgentControl.Core.Notifications;

namespace AgentControl.Engine.Notifications;

/// <summary>One event of the log that somebody may want to hear of, with what is known of its job.</summary>
internal sealed record NotificationNews
{
    /// <summary>A job that ends sooner is not worth the news of its start.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(3);

    public required long Xid { get; init; }
    public required Guid JobId { get; init; }
    public required long No { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Type { get; init; }
    public required string Said { get; init; }
    public required string ShortId { get; init; }
    public required string Job { get; init; }
    public required string Agent { get; init; }
    public required string Workspace { get; init; }
    public required string[] Tags { get; init; }
    public string? Notify { get; init; }
    public required bool Part { get; init; }
    public double? Seconds { get; init; }
    public double? UsualSeconds { get; init; }
    public Guid? ApprovalId { get; init; }
    public string? Question { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public string? Owner { get; init; }
    public required string[] Approvers { get; init; }

    public string Kind => NotificationKind.Of(Type)!;

    /// <summary>For one person alone, who asked to be told again: no news for a room.</summary>
    public bool Personal => Type == EventTypes.ApprovalSnoozeEnded;

    // A failure that is back concerns every job of its kind, also where a child met it.
    public NotificationSubject Subject => new(Kind, Agent, Workspace, Tags, Part && Kind != NotificationKind.Regressed);

    /// <summary>A job starts once however many attempts it takes; every other event is news of its own.</summary>
    public Guid IdFor(string channel)
    {
        var place = Kind == NotificationKind.Started ? "started" : No.ToString(CultureInfo.InvariantCulture);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"notification {JobId} {place} {channel}"));
        return new Guid(hash.AsSpan(0, 16));
    }

    /// <param name="to">Addresses, and the words <c>owner</c>, <c>approvers</c> and <c>members</c>.</param>
    /// <param name="members">Who may look into the workspace.</param>
    public NotificationMessage For(
        string channel,
        string publicUrl,
        IReadOnlyCollection<string> to,
        IReadOnlyCollection<string> members
    ) =>
        new(
            IdFor(channel),
            Kind,
            Title,
            Text,
            publicUrl + (ApprovalId is { } approval ? $"/a/{approval}" : $"/jobs/{ShortId}"),
            At
        )
        {
            JobId = JobId,
            Job = Job,
            Agent = Agent,
            Workspace = Workspace,
            ApprovalId = Kind == NotificationKind.NeedsPerson ? ApprovalId : null,
            To =
            [
                .. to.Contains("owner") && Owner is not null && !Personal ? [Owner] : Array.Empty<string>(),
                .. to.Contains("approvers") ? Approvers : [],
                .. to.Contains("members") && !Personal ? members : [],
                .. Personal ? [] : to.Where(address => address.Contains('@', StringComparison.Ordinal)),
            ],
        };

    private string Title =>
        Kind switch
        {
            NotificationKind.NeedsPerson => $"{Job} needs a person",
            NotificationKind.Started => $"{Job} is running",
            NotificationKind.Completed => $"{Job} completed",
            NotificationKind.Failed => $"{Job} failed",
            NotificationKind.Regressed => $"{Agent}: a resolved failure is back",
            _ => $"{Job}: something unexpected",
        };

    private string Text =>
        Kind switch
        {
            NotificationKind.NeedsPerson when Type is EventTypes.ApprovalInfoAsked or EventTypes.ApprovalInfoGiven =>
                Said,
            NotificationKind.NeedsPerson => Question ?? "It waits for a decision.",
            NotificationKind.Started => $"{Agent} has worked on it for more than 3 min.",
            NotificationKind.Completed => Took(),
            NotificationKind.Failed => "Open it to see why, and to go on behind the last recorded step.",
            _ => Said,
        };

    /// <summary>The end of the job in words, with what it took against the usual. Nothing in it that others wrote.</summary>
    public string Ended =>
        Kind == NotificationKind.Completed ? $"Completed. {Took()}"
        : Seconds is { } seconds ? $"Failed after {Span(seconds)}."
        : "Failed.";

    private string Took()
    {
        if (Seconds is not { } took)
            return "It is done.";
        return UsualSeconds is { } usual && usual >= 1 && Math.Abs(took - usual) > 0.1 * usual
            ? $"It took {Span(took)} instead of {Span(usual)}."
            : $"It took {Span(took)}{(UsualSeconds is null ? "" : ", as usual")}.";
    }

    internal static string Span(double seconds) =>
        seconds switch
        {
            < 90 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds)} s"),
            < 5_400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds / 60)} min"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{Math.Floor(seconds / 3_600)} h {Math.Floor(seconds % 3_600 / 60)} min"
            ),
        };
}
