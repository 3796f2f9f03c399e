using AgentControl.Engine.Access;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Storage;

/// <summary>The whole schema. Each concept maps its own rows in its <c>…Mapping</c> file.</summary>
public sealed class ControlDbContext(DbContextOptions<ControlDbContext> options)
    : IdentityUserContext<Person, Guid>(options),
        IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder
            .HasDbFunction(typeof(Failures.OpenFailure).GetMethod(nameof(Failures.OpenFailure.Of))!)
            .HasName("ac_open_failure");
        builder.ApplyConfigurationsFromAssembly(typeof(ControlDbContext).Assembly);
        SnakeCaseNames.Apply(builder);
    }
}
