using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Workspaces;

/// <summary>Comments and activity: rows are only ever added, under ids that their writers made.</summary>
internal sealed class WorkspaceFeedMapping
    : IEntityTypeConfiguration<WorkspaceCommentRow>,
        IEntityTypeConfiguration<WorkspaceActivityRow>
{
    public void Configure(EntityTypeBuilder<WorkspaceCommentRow> builder)
    {
        builder.ToTable(
            "workspace_comments",
            t =>
            {
                t.HasCheckConstraint(
                    "ck_workspace_comments_anchor",
                    "(anchor IS NULL) = (anchor_kind IS NULL) AND (anchor_kind IS NULL OR anchor_kind IN ('file','step','approval'))"
                );
                t.HasCheckConstraint("ck_workspace_comments_author", "author_kind in ('person','agent','program')");
            }
        );
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.HasIndex(r => new
        {
            r.Workspace,
            r.At,
            r.Id,
        });
        builder
            .HasIndex(r => new
            {
                r.JobId,
                r.At,
                r.Id,
            })
            .HasFilter("job_id IS NOT NULL");
        builder
            .HasIndex(r => new
            {
                r.AnchorKind,
                r.Anchor,
                r.At,
            })
            .HasFilter("anchor IS NOT NULL");
        builder.HasOne<WorkspaceRow>().WithMany().HasForeignKey(r => r.Workspace).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WorkspaceActivityRow> builder)
    {
        builder.ToTable(
            "workspace_activity",
            t => t.HasCheckConstraint("ck_workspace_activity_author", "author_kind in ('person','agent','program')")
        );
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.HasIndex(r => new
        {
            r.Workspace,
            r.At,
            r.Id,
        });
        builder
            .HasIndex(r => new
            {
                r.JobId,
                r.At,
                r.Id,
            })
            .HasFilter("job_id IS NOT NULL");
        builder.HasOne<WorkspaceRow>().WithMany().HasForeignKey(r => r.Workspace).OnDelete(DeleteBehavior.Restrict);
    }
}
