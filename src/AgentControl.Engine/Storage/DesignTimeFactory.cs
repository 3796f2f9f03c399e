using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace AgentControl.Engine.Storage;

/// <summary>Lets <c>dotnet ef</c> make migrations without a database.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<ControlDbContext>
{
    public ControlDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql("Host=localhost;Database=design").Options);
}
