using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Notifications;

/// <summary>One of the news that waits to be told together with others. It goes in the transaction that writes the digest.</summary>
public sealed class DigestRow
{
    /// <summary>Made of the message and of who gathers it: however often it is looked at, it waits once.</summary>
    public Guid Id { get; init; }

    /// <summary>Who gathers: <c>rule:…</c> or <c>person:…</c>.</summary>
    public required string Owner { get; init; }
    public required string Channel { get; init; }

    /// <summary>The end of the window that it fell into.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>A <see cref="NotificationMessage"/> as JSON.</summary>
    public required string Message { get; init; }
    public required string Kind { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>The order in which they came.</summary>
    public long Seq { get; init; }
}

internal sealed class DigestMapping : IEntityTypeConfiguration<DigestRow>
{
    public void Configure(EntityTypeBuilder<DigestRow> item)
    {
        item.ToTable("notification_digest_items");
        item.HasKey(i => i.Id);
        item.Property(i => i.Id).ValueGeneratedNever();
        item.Property(i => i.Seq).UseIdentityAlwaysColumn();
        item.HasIndex(i => i.DueAt);
    }
}
