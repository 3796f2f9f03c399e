using AgentControl.Engine.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Notifications;

/// <summary>A signed call of Slack that was taken: the same call is not taken again while its time would still be good.</summary>
public sealed class SlackCallRow
{
    /// <summary>The signature as it came.</summary>
    public required string Signature { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class SlackCallMapping : IEntityTypeConfiguration<SlackCallRow>
{
    public void Configure(EntityTypeBuilder<SlackCallRow> call)
    {
        call.ToTable("slack_calls");
        call.HasKey(c => c.Signature);
        call.HasIndex(c => c.At);
    }
}

internal sealed class SlackPersonMapping : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> person) => person.HasIndex(p => p.SlackUser).IsUnique();
}
