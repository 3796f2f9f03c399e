using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentControl.Web.Hosting;

/// <summary>Ready means: PostgreSQL answers, and its schema is the one that this program was built for.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<ControlDbContext> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).LastOrDefault();
            var wanted = db.Database.GetMigrations().Last();
            return applied == wanted
                ? HealthCheckResult.Healthy($"Schema {applied}")
                : HealthCheckResult.Unhealthy(
                    $"The schema is {applied ?? "empty"}; this program needs {wanted}. Run: AgentControl.Web migrate"
                );
        }
        catch (Exception problem)
            when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not answer.", problem);
        }
    }
}
