using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Notifications;

/// <summary>A rule that an admin made: when something of these happens, these are told by a channel. Empty lists mean any.</summary>
public sealed class NotificationRuleRow
{
    public Guid Id { get; init; }

    /// <summary>Words of <see cref="Core.Notifications.NotificationKind"/>; may be empty where only the status is told.</summary>
    public string[] Kinds { get; init; } = [];
    public string[] Agents { get; init; } = [];
    public string[] Tags { get; init; } = [];
    public string[] Workspaces { get; init; } = [];

    /// <summary>For e-mail: <c>owner</c>, <c>approvers</c>, <c>members</c> and addresses.</summary>
    public string[] Tell { get; init; } = [];

    /// <summary>A channel's name, or <c>inApp</c>.</summary>
    public required string Channel { get; init; }
    public bool Enabled { get; init; }

    /// <summary>The status of a running job each so many minutes.</summary>
    public int? EveryMinutes { get; init; }

    /// <summary>The status of a running job each so many percent of its work.</summary>
    public int? EveryPercent { get; init; }

    /// <summary>The end of a job is said in a comment on its result file too.</summary>
    public bool CommentOnResult { get; init; }

    /// <summary>A <see cref="Core.Notifications.DigestPlan"/> as JSON; null where news are told one by one.</summary>
    public string? Digest { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public required string ChangedBy { get; init; }
}

/// <summary>A channel that an admin made.</summary>
public sealed class OwnChannelRow
{
    public required string Name { get; init; }

    /// <summary>slack, email or webhook.</summary>
    public required string Type { get; init; }

    /// <summary>What is no secret, as JSON.</summary>
    public required string Settings { get; init; }

    /// <summary>The secrets as JSON, encrypted by Data Protection.</summary>
    public required string Secrets { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public required string ChangedBy { get; init; }
}

internal sealed class NotificationRuleMapping : IEntityTypeConfiguration<NotificationRuleRow>
{
    public void Configure(EntityTypeBuilder<NotificationRuleRow> rule)
    {
        rule.ToTable("notification_rules");
        rule.HasKey(r => r.Id);
        rule.Property(r => r.Id).ValueGeneratedNever();
    }
}

internal sealed class OwnChannelMapping : IEntityTypeConfiguration<OwnChannelRow>
{
    public void Configure(EntityTypeBuilder<OwnChannelRow> channel)
    {
        channel.ToTable("notification_own_channels");
        channel.HasKey(c => c.Name);
    }
}
