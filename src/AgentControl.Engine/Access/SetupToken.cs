using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Access;

/// <summary>The one-time link of a first start, as SHA-256. All rows go when the first admin is made.</summary>
internal sealed class SetupToken
{
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class SetupTokenMapping : IEntityTypeConfiguration<SetupToken>
{
    public void Configure(EntityTypeBuilder<SetupToken> token)
    {
        token.ToTable("setup_tokens");
        token.HasKey(t => t.Hash);
    }
}
