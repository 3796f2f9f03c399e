using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Jobs;

/// <summary>
/// The job that last ran under a concurrency key of a workspace. The key is free once that job, at this epoch or a later one, no longer runs;
/// so nobody needs to give it back, and a crash cannot keep it.
/// </summary>
internal sealed class ConcurrencyKeyRow
{
    public required string Workspace { get; init; }
    public required string Key { get; init; }
    public Guid JobId { get; init; }

    /// <summary>The lease under which the job took the key: a reader whose view of the job is older knows that it is old.</summary>
    public int Epoch { get; init; }
}

internal sealed class ConcurrencyKeyMapping : IEntityTypeConfiguration<ConcurrencyKeyRow>
{
    public void Configure(EntityTypeBuilder<ConcurrencyKeyRow> key)
    {
        key.ToTable("concurrency_keys");
        key.HasKey(k => new { k.Workspace, k.Key });
        key.HasOne<JobRow>().WithMany().HasForeignKey(k => k.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
