using AgentControl.Core.Anomalies;
using AgentControl.Engine.Access;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Access;
using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Wall;

/// <summary>Reads the wall for whoever stands before it: a display, or a person.</summary>
internal sealed class WallReader(
    JobQueries jobs,
    JobCounts counts,
    WallQueries wall,
    AnomalyQueries anomalies,
    ICallerAccessor callers
)
{
    private const int MostRequests = 4;
    private const int MostTroubles = 3;
    private static readonly string[] Moving = ["running", "retrying", "recovering", "pausing", "cancelling"];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // What says of a service itself that it is in trouble; a slow step or a loop is its job's own.
    private static readonly string[] OfServices =
    [
        AnomalyKinds.RateLimited,
        AnomalyKinds.RetrySpike,
        AnomalyKinds.Timeout,
        AnomalyKinds.FallbackUsed,
    ];

    /// <summary>Null for a caller who may not see the wall, or not any more.</summary>
    public async Task<WallSnapshot?> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await callers.CurrentAsync(cancellationToken) is not { } caller || !caller.HasAnywhere(Role.Display))
            return null;
        var visible = caller.OnWall;
        var labels = (await counts.CountAsync(new JobFilter { Visible = visible }, cancellationToken)).ByLabel;
        var running = await RunningAsync(visible, cancellationToken);
        var requests = await wall.RequestsAsync(visible, MostRequests, cancellationToken);
        var troubles = await anomalies.NewestAsync(visible, Day, cancellationToken);
        var services = await wall.ServicesAsync(cancellationToken);
        var fresh = troubles.Where(t => t.Newest.What.Level != Anomaly.Notice && now - t.Newest.At < Hour).ToList();
        var odd = Odd(services, fresh);
        return new(
            running,
            Moving.Sum(l => labels[l]),
            labels["queued"],
            requests,
            [.. troubles.Take(MostTroubles)],
            odd,
            services.Names.Except(odd.Select(o => o.Name), StringComparer.Ordinal).Count(),
            fresh.Count,
            await wall.DayAsync(visible, cancellationToken)
        );
    }

    private async Task<IReadOnlyList<JobListRow>> RunningAsync(
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken
    )
    {
        var order = await wall.MovingAsync(Moving, visible, WallView.MostRows, cancellationToken);
        if (order.Count == 0)
            return [];
        var found = (await jobs.SummariesAsync(order, cancellationToken)).ToDictionary(j => j.Id);
        return [.. order.Where(found.ContainsKey).Select(id => JobListRow.Of(found[id]))];
    }

    /// <summary>Circuits that are open, then others that are not closed, then services that jobs complained of.</summary>
    private static IReadOnlyList<WallService> Odd(WallServices services, IReadOnlyList<AnomalyGroup> troubles)
    {
        var circuits = services.Circuits.OrderBy(c => c.State != "open").Select(WallService.Of).ToList();
        var complained = troubles
            .Select(t => t.Newest.What)
            .Where(t => t.Service is not null && OfServices.Contains(t.Kind, StringComparer.Ordinal))
            .DistinctBy(t => t.Service)
            .Where(t => circuits.TrueForAll(c => c.Name != t.Service))
            .Select(WallService.Of);
        return [.. circuits, .. complained];
    }
}
