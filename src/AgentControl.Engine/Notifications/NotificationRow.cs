using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Notifications;

/// <summary>One message to one channel: the outbox, and the record of what became of it.</summary>
public sealed class NotificationRow
{
    /// <summary>Made of event and channel: however often it is sent, it is the same message.</summary>
    public Guid Id { get; init; }

    /// <summary>The order in which they were made.</summary>
    public long Seq { get; init; }
    public required string Channel { get; init; }
    public required string Kind { get; init; }
    public Guid? JobId { get; init; }
    public required string Workspace { get; init; }

    /// <summary>In the feed: whose alone it is; null where it is for everybody who may look into the workspace.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>A <see cref="NotificationMessage"/> as JSON.</summary>
    public required string Message { get; init; }

    /// <summary>pending, sent or failed.</summary>
    public required string State { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is tried next; while it is tried, when others may take it over.</summary>
    public DateTimeOffset? NextAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>What the receiver said last, or why it could not be asked.</summary>
    public string? Answer { get; init; }
}

/// <summary>Somebody has read a line of the feed.</summary>
public sealed class NotificationReadRow
{
    public Guid PersonId { get; init; }
    public Guid NotificationId { get; init; }
}

/// <summary>How a channel does.</summary>
public sealed class NotificationChannelRow
{
    public required string Name { get; init; }

    /// <summary>The receiver said that it is gone for good; a test that arrives opens it again.</summary>
    public DateTimeOffset? DisabledAt { get; init; }
    public DateTimeOffset? TriedAt { get; init; }
    public bool? Worked { get; init; }
    public string? Answer { get; init; }
}

/// <summary>How far the log was looked through for news: up to this place everything was committed and is in the outbox.</summary>
public sealed class NotificationCursorRow
{
    public bool One { get; init; }

    /// <summary>A transaction id.</summary>
    public long Xid { get; init; }
    public Guid JobId { get; init; }
    public long No { get; init; }
}

internal sealed class NotificationMapping : IEntityTypeConfiguration<NotificationRow>
{
    public void Configure(EntityTypeBuilder<NotificationRow> message)
    {
        message.ToTable(
            "notifications",
            t =>
                t.HasCheckConstraint(
                    "ck_notifications_state",
                    "state IN ('pending','sent','failed') AND (state = 'pending') = (next_at IS NOT NULL)"
                )
        );
        message.HasKey(m => m.Id);
        message.Property(m => m.Id).ValueGeneratedNever();
        message.Property(m => m.Seq).UseIdentityAlwaysColumn();
        message.HasIndex(m => m.Seq).IsUnique();
        message.HasIndex(m => new { m.Channel, m.Seq });
        message.HasIndex(m => m.NextAt).HasFilter("state = 'pending'");
    }
}

internal sealed class NotificationReadMapping : IEntityTypeConfiguration<NotificationReadRow>
{
    public void Configure(EntityTypeBuilder<NotificationReadRow> read)
    {
        read.ToTable("notification_reads");
        read.HasKey(r => new { r.PersonId, r.NotificationId });
        read.HasIndex(r => r.NotificationId);
        read.HasOne<Access.Person>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Cascade);
        read.HasOne<NotificationRow>().WithMany().HasForeignKey(r => r.NotificationId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class NotificationChannelMapping : IEntityTypeConfiguration<NotificationChannelRow>
{
    public void Configure(EntityTypeBuilder<NotificationChannelRow> channel)
    {
        channel.ToTable("notification_channels");
        channel.HasKey(c => c.Name);
    }
}

internal sealed class NotificationCursorMapping : IEntityTypeConfiguration<NotificationCursorRow>
{
    public void Configure(EntityTypeBuilder<NotificationCursorRow> cursor)
    {
        cursor.ToTable("notification_cursor", t => t.HasCheckConstraint("ck_notification_cursor_one", "one"));
        cursor.HasKey(c => c.One);
        cursor.Property(c => c.One).ValueGeneratedNever();
    }
}
