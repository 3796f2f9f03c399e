using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Events;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Engine.Notifications;

/// <summary>A comment that names people who have not been told yet.</summary>
internal sealed record MentionNews
{
    private const int LongestText = 200;

    public required Guid Comment { get; init; }
    public required string Workspace { get; init; }
    public required string By { get; init; }
    public required string Body { get; init; }
    public required DateTimeOffset At { get; init; }
    public CommentAnchor? Anchor { get; init; }
    public Guid? JobId { get; init; }
    public string? ShortId { get; init; }
    public string? Job { get; init; }
    public string? Agent { get; init; }
    public string[] Tags { get; init; } = [];
    public string? Notify { get; init; }
    public string? Owner { get; init; }

    /// <summary>The people to tell.</summary>
    public required Guid[] People { get; init; }

    /// <summary>Their names, in the same order.</summary>
    public required string[] Names { get; init; }

    /// <summary>Their addresses.</summary>
    public required string[] Addresses { get; init; }

    public NotificationSubject Subject => new(NotificationKind.Mentioned, Agent ?? "", Workspace, Tags, Part: false);

    /// <summary>In the feed, for one person: behind the sign-in, with the beginning of the text.</summary>
    public NotificationMessage For(Guid person, string publicUrl) =>
        Message($"{Comment} person {person}", $"{By} named you {Place}", Texts.Clean(Body, LongestText), publicUrl);

    /// <summary>Outside: who named whom and where, and nothing of the text.</summary>
    public NotificationMessage For(
        string channel,
        string publicUrl,
        IReadOnlyCollection<string> to,
        IReadOnlyCollection<string> members
    ) =>
        Message(
            $"{Comment} channel {channel}",
            $"{By} named {Listed()} {Place}",
            "Open it to read the comment and to answer.",
            publicUrl
        ) with
        {
            To =
            [
                .. to.Contains("mentioned") ? Addresses : [],
                .. to.Contains("owner") && Owner is not null ? [Owner] : Array.Empty<string>(),
                .. to.Contains("members") ? members : [],
                .. to.Where(address => address.Contains('@', StringComparison.Ordinal)),
            ],
        };

    private string Place =>
        Job is not null ? $"in a comment on {Job}"
        : Anchor is { Kind: CommentAnchor.FileKind } file ? $"in a comment on {file.Id}"
        : $"in a comment in {Workspace}";

    private string Path =>
        Anchor is { Kind: CommentAnchor.ApprovalKind } approval ? $"/a/{approval.Id}"
        : ShortId is not null ? $"/jobs/{ShortId}/comments#comment-{Comment:N}"
        : $"/workspace/{File}{(Workspace == WorkspaceName.Default ? "" : $"?ws={Workspace}")}#comment-{Comment:N}";

    private string File =>
        Anchor is { Kind: CommentAnchor.FileKind } file
            ? string.Join('/', file.Id.Split('/').Select(Uri.EscapeDataString))
            : "";

    private string Listed() =>
        Names.Length <= 3
            ? string.Join(", ", Names)
            : $"{string.Join(", ", Names.Take(3))} and {Names.Length - 3} more";

    private NotificationMessage Message(string id, string title, string text, string publicUrl)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"mention {id}"));
        return new(new Guid(hash.AsSpan(0, 16)), NotificationKind.Mentioned, title, text, publicUrl + Path, At)
        {
            JobId = JobId,
            Job = Job,
            Agent = Agent,
            Workspace = Workspace,
        };
    }
}
