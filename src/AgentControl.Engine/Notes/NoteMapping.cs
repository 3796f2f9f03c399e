using AgentControl.Core.Notes;
using AgentControl.Engine.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Notes;

/// <summary>Tables of agents' notes. Names compare byte by byte.</summary>
internal sealed class NoteMapping : IEntityTypeConfiguration<NoteRow>, IEntityTypeConfiguration<NoteVersionRow>
{
    private const string AuthorKinds = "author_kind in ('person','agent','program')";

    private static readonly string _name = $"name ~ '{NoteName.Pattern}' AND length(name) <= {NoteName.MaxLength}";

    public void Configure(EntityTypeBuilder<NoteRow> builder)
    {
        builder.ToTable(
            "agent_notes",
            t =>
            {
                t.HasCheckConstraint("ck_agent_notes_name", _name);
                t.HasCheckConstraint(
                    "ck_agent_notes_sizes",
                    $"version > 0 AND size BETWEEN 0 AND {NoteText.MaxBytes} AND length(first_line) <= {NoteText.MaxFirstLine}"
                );
                t.HasCheckConstraint("ck_agent_notes_author", AuthorKinds);
            }
        );
        builder.HasKey(r => new
        {
            r.Workspace,
            r.Agent,
            r.Name,
        });
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.Property(r => r.Agent).UseCollation("C");
        builder.Property(r => r.Name).UseCollation("C");
        builder.HasOne<WorkspaceRow>().WithMany().HasForeignKey(r => r.Workspace).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<NoteVersionRow> builder)
    {
        builder.ToTable(
            "agent_note_versions",
            t =>
            {
                t.HasCheckConstraint(
                    "ck_agent_note_versions_sizes",
                    $"version > 0 AND size = COALESCE(octet_length(text), 0) AND size <= {NoteText.MaxBytes}"
                );
                t.HasCheckConstraint("ck_agent_note_versions_author", AuthorKinds);
            }
        );
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Workspace).UseCollation("C");
        builder.Property(r => r.Agent).UseCollation("C");
        builder.Property(r => r.Name).UseCollation("C");
        builder
            .HasIndex(r => new
            {
                r.Workspace,
                r.Agent,
                r.Name,
                r.Version,
            })
            .IsUnique();
        builder.HasIndex(r => new { r.Workspace, r.At });
        builder
            .HasOne<NoteRow>()
            .WithMany()
            .HasForeignKey(r => new
            {
                r.Workspace,
                r.Agent,
                r.Name,
            })
            .OnDelete(DeleteBehavior.Cascade);
    }
}
