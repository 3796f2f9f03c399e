using AgentControl.Engine.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Workspaces;

/// <summary>Somebody whom a comment names, by themselves or by a group.</summary>
internal sealed class CommentMentionRow
{
    public Guid CommentId { get; init; }
    public Guid PersonId { get; init; }

    /// <summary>When the news of it were written; null while they are not.</summary>
    public DateTimeOffset? ToldAt { get; init; }
}

internal sealed class CommentMentionMapping : IEntityTypeConfiguration<CommentMentionRow>
{
    public void Configure(EntityTypeBuilder<CommentMentionRow> builder)
    {
        builder.ToTable("comment_mentions");
        builder.HasKey(r => new { r.CommentId, r.PersonId });
        builder.HasIndex(r => r.PersonId);
        builder.HasIndex(r => r.CommentId).HasFilter("told_at IS NULL").HasDatabaseName("ix_comment_mentions_untold");
        builder
            .HasOne<WorkspaceCommentRow>()
            .WithMany()
            .HasForeignKey(r => r.CommentId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Person>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Cascade);
    }
}
