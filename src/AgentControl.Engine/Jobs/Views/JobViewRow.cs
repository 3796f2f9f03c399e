using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Jobs.Views;

/// <summary>A view of the list of jobs that somebody keeps, for themselves or for everybody.</summary>
public sealed class JobViewRow
{
    public Guid Id { get; init; }

    /// <summary>Whose it is; empty for everybody's.</summary>
    public required string Owner { get; init; }
    public required string Name { get; init; }

    /// <summary>The words of the search.</summary>
    public required string Query { get; set; }

    /// <summary>Which jobs besides: mine, all; empty for the usual ones.</summary>
    public required string Scope { get; set; }

    /// <summary>The word of an order; empty for the newest first.</summary>
    public required string Sort { get; set; }
    public required string SavedBy { get; set; }
    public DateTimeOffset SavedAt { get; set; }
}

internal sealed class JobViewMapping : IEntityTypeConfiguration<JobViewRow>
{
    public void Configure(EntityTypeBuilder<JobViewRow> builder)
    {
        builder.ToTable("job_views");
        builder.HasKey(v => v.Id);
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasIndex(v => new { v.Owner, v.Name }).IsUnique();
    }
}
