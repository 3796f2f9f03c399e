using AgentControl.Engine.Agents;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Web.Agents;

/// <summary>An assistant that takes no new jobs, and who retired it.</summary>
internal sealed record RetiredAssistant(string Name, string By, DateTimeOffset At);

/// <summary>Reads which assistants are retired.</summary>
internal sealed class RetiredAssistants(IDbContextFactory<ControlDbContext> contexts, AgentCatalog catalog)
{
    /// <summary>By name. One whose name the program or its configuration took since is none.</summary>
    public async Task<IReadOnlyList<RetiredAssistant>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = db.Set<DefinitionRow>().AsNoTracking();
        var retired = await all.Where(d =>
                d.Settings == null && !all.Any(newer => newer.Name == d.Name && newer.Version > d.Version)
            )
            .OrderBy(d => d.Name)
            .Select(d => new RetiredAssistant(d.Name, d.ChangedBy, d.ChangedAt))
            .ToListAsync(cancellationToken);
        return [.. retired.Where(r => !catalog.IsOwn(r.Name))];
    }
}
