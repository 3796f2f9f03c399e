using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Services;

/// <summary>Reads services: their circuits, and how the calls of the last hour went.</summary>
public sealed class ServiceQueries(IDbContextFactory<ControlDbContext> contexts, ServicePolicies policies)
{
    /// <summary>Every service that is configured, was called in the last hour, is waited for, or has a circuit that was ever open; by name.</summary>
    public async Task<IReadOnlyList<ServiceView>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var configured = policies.Names.ToArray();
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                WITH called AS (
                  SELECT service AS name, sum(calls) AS calls, sum(failures) AS failures FROM service_calls
                   WHERE second > ac_now() - interval '1 hour' GROUP BY service
                ), waited AS (
                  SELECT target AS name, count(*) AS waiting FROM waits WHERE kind = 'service' GROUP BY target
                ), names AS (
                  SELECT unnest({configured}) AS name UNION SELECT name FROM called UNION SELECT name FROM waited UNION SELECT name FROM circuits
                )
                SELECT n.name AS "Name", c.state AS "State", c.since AS "Since", c.until AS "Until", c.reason AS "Reason", c.changed_by AS "ChangedBy",
                       COALESCE(d.calls, 0)::bigint AS "Calls", COALESCE(d.failures, 0)::bigint AS "Failures", COALESCE(w.waiting, 0)::bigint AS "Waiting"
                FROM names n LEFT JOIN circuits c USING (name) LEFT JOIN called d USING (name) LEFT JOIN waited w USING (name)
                ORDER BY n.name
                """
            )
            .ToListAsync(cancellationToken);
        return [.. rows.Select(View)];
    }

    public async Task<ServiceView?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(s => s.Name == name);

    private ServiceView View(Row row) =>
        new(
            row.Name,
            new CircuitView(
                row.State switch
                {
                    null => "closed",
                    "probing" => "halfOpen",
                    var state => state,
                },
                row.Since,
                row.Until,
                row.Reason,
                row.ChangedBy
            ),
            row.Calls,
            row.Failures,
            row.Waiting,
            policies.Of(row.Name)
        );

    private sealed record Row(
        string Name,
        string? State,
        DateTimeOffset? Since,
        DateTimeOffset? Until,
        string? Reason,
        string? ChangedBy,
        long Calls,
        long Failures,
        long Waiting
    );
}
