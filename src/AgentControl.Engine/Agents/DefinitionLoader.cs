using AgentControl.Core.Agents;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Agents;

/// <summary>Takes over which agents people defined: at once when it is told, and every few seconds in case it was not.</summary>
internal sealed class DefinitionLoader(
    IDbContextFactory<ControlDbContext> contexts,
    AgentCatalog catalog,
    IEnumerable<IDefinedAgents> makers,
    TimeProvider time,
    ILogger<DefinitionLoader> log
) : MaintenanceLoop(time, log)
{
    private readonly IDefinedAgents? maker = makers.FirstOrDefault();

    /// <summary>One after the other: an older reading must never be set last.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private readonly ILogger<DefinitionLoader> logger = log;
    private long known;

    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
        }
        catch (NpgsqlException problem)
        {
            Log.RoundFailed(logger, problem, nameof(DefinitionLoader));
        }
        await base.StartAsync(cancellationToken);
    }

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (maker is null)
            return;
        await turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            // Versions are only ever added.
            var stored = await db.Set<DefinitionRow>().LongCountAsync(cancellationToken);
            if (stored == known)
                return;
            var rows = await db.Set<DefinitionRow>().AsNoTracking().ToListAsync(cancellationToken);
            catalog.Define([.. rows.GroupBy(r => r.Name, StringComparer.Ordinal).SelectMany(Newest)]);
            known = rows.Count;
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return null;
    }

    /// <summary>A retired agent is the one that it was before: its jobs go on.</summary>
    private IEnumerable<(AgentDefinition Agent, bool Retired)> Newest(IGrouping<string, DefinitionRow> versions)
    {
        var newest = versions.MaxBy(v => v.Version)!;
        if (versions.Where(v => v.Settings is not null).MaxBy(v => v.Version) is not { Settings: { } settings })
            yield break;
        AgentDefinition agent;
        try
        {
            agent = maker!.Make(newest.Name, settings);
        }
        catch (FormatException problem)
        {
            Log.DefinitionUnread(logger, problem, newest.Name, newest.Version);
            yield break;
        }
        yield return (agent, newest.Settings is null);
    }
}
