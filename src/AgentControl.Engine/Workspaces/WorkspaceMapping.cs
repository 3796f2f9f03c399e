using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Workspaces;

/// <summary>Tables of workspaces and their files. Names compare byte by byte, so a prefix is a range of the key.</summary>
internal sealed class WorkspaceMapping
    : IEntityTypeConfiguration<WorkspaceRow>,
        IEntityTypeConfiguration<WorkspaceFileRow>,
        IEntityTypeConfiguration<WorkspaceFileVersionRow>
{
    private const string AuthorKinds = "author_kind in ('person','agent','program')";

    public void Configure(EntityTypeBuilder<WorkspaceRow> builder)
    {
        builder.ToTable(
            "workspaces",
            t =>
            {
                t.HasCheckConstraint("ck_workspaces_name", $"name ~ '{WorkspaceName.Pattern}'");
                t.HasCheckConstraint("ck_workspaces_quota", "max_bytes >= 0 AND max_files >= 0");
            }
        );
        builder.HasKey(r => r.Name);
        builder.Property(r => r.Name).UseCollation("C");
        builder.Property(r => r.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.Property(r => r.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        builder.Property(r => r.CreatedBy).HasDefaultValue("");
    }

    public void Configure(EntityTypeBuilder<WorkspaceFileRow> builder)
    {
        builder.ToTable(
            "workspace_files",
            t =>
            {
                t.HasCheckConstraint(
                    "ck_workspace_files_path",
                    "path !~ '(^/|//|/$|\\\\|(^|/)\\.\\.?(/|$))' AND octet_length(path) BETWEEN 1 AND 1024"
                );
                t.HasCheckConstraint(
                    "ck_workspace_files_sizes",
                    "size >= 0 AND version >= 0 AND octet_length(sha256) = 32"
                );
                t.HasCheckConstraint("ck_workspace_files_author", AuthorKinds);
            }
        );
        builder.HasKey(r => new { r.Workspace, r.Path });
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.Property(r => r.Path).UseCollation("C");
        builder.HasIndex(r => r.DeletedAt).HasFilter("deleted_at IS NOT NULL");
        builder.HasOne<WorkspaceRow>().WithMany().HasForeignKey(r => r.Workspace).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WorkspaceFileVersionRow> builder)
    {
        builder.ToTable(
            "workspace_file_versions",
            t =>
            {
                t.HasCheckConstraint(
                    "ck_workspace_file_versions_sizes",
                    "size >= 0 AND version > 0 AND octet_length(sha256) = 32"
                );
                t.HasCheckConstraint(
                    "ck_workspace_file_versions_content",
                    "content IS NULL OR octet_length(content) = size"
                );
                t.HasCheckConstraint("ck_workspace_file_versions_author", AuthorKinds);
            }
        );
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.Property(r => r.Path).UseCollation("C");
        builder
            .HasIndex(r => new
            {
                r.Workspace,
                r.Path,
                r.Version,
            })
            .IsUnique();
        builder.HasIndex(r => r.Sha256).HasFilter("content IS NULL");
        builder.HasIndex(r => new { r.JobId, r.Path }).HasFilter("job_id IS NOT NULL");
        builder
            .HasOne<WorkspaceFileRow>()
            .WithMany()
            .HasForeignKey(r => new { r.Workspace, r.Path })
            .OnDelete(DeleteBehavior.Cascade);
    }
}
