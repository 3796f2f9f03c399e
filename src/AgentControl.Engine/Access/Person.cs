using Microsoft.AspNetCore.Identity;

namespace AgentControl.Engine.Access;

/// <summary>Somebody who signs in.</summary>
public sealed class Person : IdentityUser<Guid>
{
    /// <summary>The name that others see beside decisions and comments.</summary>
    public string DisplayName { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when nobody gets in by this person's sign-ins and keys; null while they may.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>When one of their sign-ins was last used, to the minute.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>How this person likes the pages, as JSON; null for the usual.</summary>
    public string? Preferences { get; set; }

    /// <summary>When news are mailed together, as JSON of <see cref="Core.Notifications.DigestPlan"/>; null for one by one.</summary>
    public string? Digest { get; set; }

    /// <summary>Who they are in Slack, as team and user; null where they are not linked.</summary>
    public string? SlackUser { get; set; }
}
